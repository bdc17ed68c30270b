/**
 * Where the program of a child process lies: beside the running file, with the same extension, so that it is found
 * from source (`.ts`) and from a bundle (`.mjs`).
 *
 * @example childEntry(import.meta.url, 'imaging-child')
 */
export function childEntry(moduleUrl: string, name: string): URL {
  const extension = moduleUrl.slice(moduleUrl.lastIndexOf('.'))
  return new URL(`./${name}${extension}`, moduleUrl)
}
