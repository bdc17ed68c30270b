import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import type { Metafile } from 'esbuild'

/** The console's page as files, and what went in. */
export interface ConsoleBundle {
  /** Content by file name: `index.html`, `main.js`, `styles.css`, chunks. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Its inputs are relative to the console's folder. */
  readonly metafile: Metafile
}

/** Bundles the console in memory. */
export async function bundleConsole(directory: string): Promise<ConsoleBundle> {
  // Large, and a start of the local stack does not wait for it.
  const { build } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    absWorkingDir: directory,
    entryPoints: ['src/main.tsx', 'src/styles.css'],
    outdir: 'dist',
    bundle: true,
    // Splitting keeps the player out of the first load.
    splitting: true,
    format: 'esm',
    target: 'es2023',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const files = new Map<string, Uint8Array>([
    ['index.html', readFileSync(join(directory, 'src', 'index.html'))],
    ...outputFiles.map(({ path, contents }) => [basename(path), contents] as const),
  ])
  return { files, metafile }
}
