import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { bundleConsole } from '@zoetrope/packager'

/** One file of the console as served. */
export interface ConsoleFile {
  readonly contentType: string
  readonly body: Uint8Array
}

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
}

/** Bundles the console's page in memory, from its folder; files by their path under `/`. */
export async function bundledConsole(directory: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  return toServed((await bundleConsole(directory)).files)
}

/** Reads the console's page as it is deployed; files by their path under `/`. */
export async function packagedConsole(directory: string): Promise<ReadonlyMap<string, ConsoleFile>> {
  const names = await readdir(directory)
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))))
  return toServed(contents.map((content, index) => [names[index] ?? '', content] as const))
}

function toServed(files: Iterable<readonly [string, Uint8Array]>): ReadonlyMap<string, ConsoleFile> {
  return new Map(
    [...files].map(([name, body]) => {
      const contentType = contentTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
      return [name === 'index.html' ? '/' : `/${name}`, { contentType, body }]
    }),
  )
}
