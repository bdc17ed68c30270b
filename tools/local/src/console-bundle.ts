import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** One file of the console as served. */
export interface ConsoleFile {
  readonly contentType: string
  readonly body: Uint8Array
}

const contentTypes: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  map: 'application/json',
}

/** Bundles the console's page in memory; files by their path under `/`. */
export async function bundleConsole(directory: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
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
    write: false,
    logLevel: 'warning',
  })
  const files = new Map<string, ConsoleFile>()
  for (const file of outputFiles) {
    const name = basename(file.path)
    const contentType = contentTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    files.set(`/${name}`, { contentType, body: file.contents })
  }
  const page = readFileSync(join(directory, 'src', 'index.html'))
  files.set('/', { contentType: 'text/html; charset=utf-8', body: page })
  return files
}
