import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { Metafile } from 'esbuild'
import { build } from 'esbuild'

import { nativePackages } from './trace-natives.ts'

/** Where a bundle comes from and goes to. */
export interface BundleFolders {
  /** The workspace. */
  readonly root: string
  /** The app, relative to the workspace: `apps/api`. */
  readonly project: string
  /** Gets the JavaScript. */
  readonly out: string
  /** Gets the source maps, which are not deployed. */
  readonly maps: string
}

/** Bundles main.ts and every `*-child.ts` (programs of child processes) as ES modules; answers what went in, and what is imported from outside. */
export async function bundleApp({ root, project, out, maps }: BundleFolders): Promise<Metafile> {
  const sources = readdirSync(join(root, project, 'src')).filter(
    (name) => name === 'main.ts' || name.endsWith('-child.ts'),
  )
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: sources.map((name) => `${project}/src/${name}`),
    // Source maps name sources relative to it, and the names of chunks hash the maps: one place, wherever the files go.
    outdir: 'dist',
    write: false,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported lazily (the identity package) stays a file of its own.
    splitting: true,
    minify: true,
    // Names of classes and functions stand in logs and stack traces.
    keepNames: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // `@azure/functions-core` is given by the Functions host.
    external: [...nativePackages, '@azure/functions-core'],
    metafile: true,
    sourcemap: 'external',
    logLevel: 'warning',
    legalComments: 'linked',
    // CommonJS packages inside an ES module still call `require` for Node's own modules and for the host's.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  for (const folder of [out, maps]) mkdirSync(folder, { recursive: true })
  for (const { path, contents } of outputFiles)
    writeFileSync(join(path.endsWith('.map') ? maps : out, basename(path)), contents)
  return metafile
}

/** The native packages' modules that a bundle imports: `node-av/lib`, `sharp`. */
export function nativeImportsOf(metafile: Metafile): string[] {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  const paths = imports.filter(({ external }) => external).map(({ path }) => path)
  return [
    ...new Set(
      paths.filter((path) => nativePackages.some((name) => path === name || path.startsWith(`${name}/`))),
    ),
  ].toSorted()
}
