import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Loads the entry points of an app: `main` of its package.json, a path or a glob. Each is imported (or required, for CommonJS). @throws Error naming the one that threw */
export async function loadApp(directory: string): Promise<void> {
  const manifestFile = join(directory, 'package.json')
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as { main?: string; type?: string }
  const pattern = manifest.main ?? 'index.js'
  const files = globSync(pattern, { cwd: directory }).toSorted()
  if (files.length === 0) throw new Error(`${manifestFile}: "main" is "${pattern}", and no file is there.`)
  for (const file of files) {
    const path = join(directory, file)
    const isModule = /\.m[jt]s$/.test(file) || (manifest.type === 'module' && !/\.c[jt]s$/.test(file))
    try {
      if (isModule) await import(pathToFileURL(path).href)
      else createRequire(path)(path)
    } catch (error) {
      throw nameEntryPoint(file, error)
    }
  }
}

/** Says first, in the words of the real worker, which file could not be loaded. */
function nameEntryPoint(file: string, error: unknown): Error {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const named = new Error(`Worker was unable to load entry point "${file}": ${message}`, { cause: error })
  named.stack = `${named.message}\n${stack ?? ''}`
  return named
}
