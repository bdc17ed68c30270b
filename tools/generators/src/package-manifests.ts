import type { Tree } from '@nx/devkit'

import { editFile } from './edit-file.ts'
import { stringify } from './json.ts'

interface PackageManifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

interface LockFile {
  packages: Record<string, object>
}

/**
 * Makes an app's package.json depend on these packages, at the versions that the workspace has of them, and writes the same
 * into package-lock.json, so that `npm ci` installs without a change.
 */
export function addDependencies(
  tree: Tree,
  app: string,
  names: { readonly run: readonly string[]; readonly test: readonly string[] },
): void {
  const path = `apps/${app}/package.json`
  const lock = parseJson<LockFile>(tree.read('package-lock.json', 'utf8'))
  const before = parseJson<PackageManifest>(tree.read(path, 'utf8'))
  const missing = (list: readonly string[], known: Readonly<Record<string, string>> = {}): string[] =>
    list.filter((name) => !(name in known))
  const run = missing(names.run, before.dependencies)
  const test = missing(names.test, { ...before.dependencies, ...before.devDependencies })
  const dependencies = withVersions(tree, lock, before.dependencies, run)
  const devDependencies = withVersions(tree, lock, before.devDependencies, test)
  const { dependencies: _run, devDependencies: _test, ...rest } = before
  const after: PackageManifest = {
    ...rest,
    ...(Object.keys(dependencies).length > 0 ? { dependencies } : {}),
    ...(Object.keys(devDependencies).length > 0 ? { devDependencies } : {}),
  }
  tree.write(path, stringify(after))
  lockApp(tree, app, after)
}

/** Writes the entries of one workspace into package-lock.json, where npm would put them. */
function lockApp(tree: Tree, app: string, manifest: PackageManifest): void {
  const { name, version, license, dependencies, devDependencies } = manifest
  editFile(tree, 'package-lock.json', (text) => {
    const lock = parseJson<LockFile>(text)
    const entries = {
      ...lock.packages,
      [`apps/${app}`]: withoutUndefined({ name, version, license, dependencies, devDependencies }),
      [`node_modules/${name}`]: { resolved: `apps/${app}`, link: true },
    }
    return stringify({ ...lock, packages: sortedByKey(entries) })
  })
}

function withVersions(
  tree: Tree,
  lock: LockFile,
  known: Readonly<Record<string, string>> = {},
  names: readonly string[],
): Record<string, string> {
  return sortedByKey({
    ...known,
    ...Object.fromEntries(names.map((name) => [name, versionOf(tree, lock, name)])),
  })
}

/** The version that the workspace has installed: of a package of ours, its own. */
function versionOf(tree: Tree, lock: LockFile, name: string): string {
  const entry = lock.packages[`node_modules/${name}`] as { version?: string; resolved?: string } | undefined
  const version =
    entry?.version ??
    (entry?.resolved &&
      parseJson<PackageManifest>(tree.read(`${entry.resolved}/package.json`, 'utf8')).version)
  if (!version) throw new Error(`package-lock.json does not know ${name}. Run \`npm install\` first.`)
  return version
}

function sortedByKey<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => a.localeCompare(b, 'en')))
}

function withoutUndefined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

function parseJson<T>(text: string | null): T {
  return JSON.parse(text ?? '{}') as T
}
