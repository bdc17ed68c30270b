import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

import { HostError } from '../errors.ts'
import { describeAtLength, describeThrown } from './describe-thrown.ts'

/** Loads the entry points of an app: `main` of its package.json, a path or a glob. Each is imported (or required, for CommonJS). `urlSuffix`: added to the URLs of what is imported. @throws HostError naming the file that could not be loaded */
export async function loadApp(directory: string, urlSuffix = ''): Promise<void> {
  const manifestFile = join(directory, 'package.json')
  const { main: pattern = 'index.js', type } = readManifest(manifestFile)
  if (typeof pattern !== 'string')
    throw new HostError(
      `${manifestFile}: "main" must be text in quotes, a path or a glob, not ${JSON.stringify(pattern)}.`,
    )
  const files = globSync(pattern, { cwd: directory }).toSorted(byDepthAndName)
  if (files.length === 0)
    throw new HostError(
      `${manifestFile}: "main" is "${pattern}", and no file is there. Name the files that register functions; build them first if they are built.`,
    )
  for (const file of files) {
    const path = join(directory, file)
    const isModule = /\.m[jt]s$/.test(file) || (type === 'module' && !/\.c[jt]s$/.test(file))
    try {
      if (isModule) await import(pathToFileURL(path).href + urlSuffix)
      else createRequire(path)(path)
    } catch (error) {
      throw nameEntryPoint(file, error)
    }
  }
}

/** As the real worker finds them, the files of a folder come before those of its folders: `index.js` sets up what the functions then use. */
function byDepthAndName(one: string, other: string): number {
  const depthOf = (file: string): number => file.split(sep).length
  return depthOf(one) - depthOf(other) || (one < other ? -1 : 1)
}

/** Why an app could not be loaded: what to mend, else where it went wrong. */
export function describeLoadFault(error: unknown): string {
  return error instanceof HostError ? error.message : describeAtLength(error)
}

function readManifest(file: string): { readonly main?: unknown; readonly type?: unknown } {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as object
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new HostError(
      code === 'ENOENT'
        ? `${file} is not there: its "main" names the files that register the functions.`
        : `${file} cannot be read as JSON: ${message}`,
    )
  }
}

/** Says first, in the words of the real worker, which file could not be loaded. */
function nameEntryPoint(file: string, error: unknown): HostError {
  const { message, stack } = describeThrown(error)
  return new HostError(
    [`Worker was unable to load entry point "${file}": ${message}`, stack].filter(Boolean).join('\n'),
  )
}
