// `nx run <app>:package`: one deployable folder per function app under dist/apps: the bundle, host.json, and a
// node_modules that holds only what cannot be bundled (native packages).
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

import { repoRoot } from './repo-root.ts'

interface PackageManifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Packages that hold native code, or are given by the Functions host. */
const nativePackages = ['sharp', 'node-av']
const externals = [...nativePackages, '@azure/functions-core']

const projectRoot = process.argv[2] ?? ''
const appFolder = join(repoRoot, projectRoot)
if (!existsSync(join(appFolder, 'host.json')))
  throw new Error(`${projectRoot} is no function app: it has no host.json.`)
const outFolder = join(repoRoot, 'dist', 'apps', basename(projectRoot))

rmSync(outFolder, { recursive: true, force: true })
mkdirSync(outFolder, { recursive: true })
const usedExternals = await bundle()
const natives = copyNatives(usedExternals)
for (const name of ['host.json', 'manifest.json']) cpSync(join(appFolder, name), join(outFolder, name))
writeFileSync(
  join(outFolder, 'package.json'),
  `${JSON.stringify({ name: basename(projectRoot), private: true, type: 'module', main: 'main.mjs', dependencies: natives }, null, 2)}\n`,
)
console.log(
  `${projectRoot}: JavaScript ${kilobytes(sizeOf(outFolder, false))}, native packages ${kilobytes(sizeOf(join(outFolder, 'node_modules'), true))}`,
)

/** Bundles main.ts and every `*-child.ts` (programs of child processes) as ES modules; answers which externals they import. */
async function bundle(): Promise<Set<string>> {
  const entries = readdirSync(join(appFolder, 'src')).filter(
    (name) => name === 'main.ts' || name.endsWith('-child.ts'),
  )
  const result = await build({
    entryPoints: entries.map((name) => join(appFolder, 'src', name)),
    outdir: outFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported lazily (the identity package) stays a file of its own.
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: externals,
    metafile: true,
    logLevel: 'warning',
    legalComments: 'linked',
    // CommonJS packages inside an ES module still call `require` for Node's own modules and for the host's.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports)
  return new Set(imports.filter((item) => item.external).map((item) => packageOf(item.path)))
}

/** `node-av/lib` -> `node-av`. */
function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Copies the used native packages with all that they need; answers their versions. */
function copyNatives(used: ReadonlySet<string>): Record<string, string> {
  const versions: Record<string, string> = {}
  const copied = new Set<string>()
  const visit = (name: string): void => {
    const folder = join(repoRoot, 'node_modules', name)
    if (copied.has(name) || !existsSync(folder)) return
    copied.add(name)
    cpSync(folder, join(outFolder, 'node_modules', name), { recursive: true, dereference: true })
    const manifest = readManifest(folder)
    for (const needed of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
      visit(needed)
  }
  for (const name of nativePackages) {
    if (!used.has(name)) continue
    versions[name] = readManifest(join(repoRoot, 'node_modules', name)).version
    visit(name)
  }
  return versions
}

function readManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest
}

function sizeOf(folder: string, withModules: boolean): number {
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return entry.name === 'node_modules' && !withModules ? sum : sum + sizeOf(path, withModules)
    return sum + statSync(path).size
  }, 0)
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024).toLocaleString('en')} kB`
}
