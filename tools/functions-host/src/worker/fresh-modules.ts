import type { ResolveFnOutput, ResolveHookContext } from 'node:module'
import { createRequire } from 'node:module'
import { sep } from 'node:path'

/** Marks the ES modules of one load of an app, so that another load has its own. */
const mark = 'functions-app'

/** Libraries that keep what one app has told them. */
const functionsLibrary = /[\\/]node_modules[\\/](@azure[\\/]functions|durable-functions)/

let loads = 0

/**
 * A load of an app begins, in a process that may have loaded it, or another one, before: what it is made of is loaded anew. Its own
 * files are, and the libraries of Functions; other libraries stay, as far as they do not use those. Answers what is to be added
 * to the URL of an entry point that is an ES module.
 */
export function beginLoad(directory: string, coreUrl: string): string {
  loads += 1
  if (loads === 1) return ''
  forgetRequired(
    (file) =>
      file === coreUrl ||
      functionsLibrary.test(file) ||
      (file.startsWith(directory + sep) && !isInLibrary(file)),
  )
  return `?${mark}=${loads}`
}

/** An ES module that a module of a later load imports, and that is its own, belongs to that load. */
export function resolveFreshly(resolved: ResolveFnOutput, context: ResolveHookContext): ResolveFnOutput {
  const load = new RegExp(`[?&]${mark}=(\\d+)`).exec(context.parentURL ?? '')?.[1]
  if (load === undefined || !resolved.url.startsWith('file:') || !context.conditions.includes('import'))
    return resolved
  const { url } = resolved
  if (isInLibrary(url) && !functionsLibrary.test(url)) return resolved
  return { ...resolved, url: `${url}${url.includes('?') ? '&' : '?'}${mark}=${load}` }
}

function isInLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file)
}

/** Forgets modules that were required, and those that hold on to them. */
function forgetRequired(isOwn: (file: string) => boolean): void {
  const { cache } = createRequire(import.meta.url)
  const users = new Map<string, string[]>()
  for (const [file, module] of Object.entries(cache))
    for (const child of module?.children ?? [])
      users.set(child.filename, [...(users.get(child.filename) ?? []), file])
  const forgotten = Object.keys(cache).filter(isOwn)
  // What is added to the list meanwhile is walked through too.
  for (const file of forgotten) {
    if (cache[file] === undefined) continue
    delete cache[file]
    forgotten.push(...(users.get(file) ?? []))
  }
}
