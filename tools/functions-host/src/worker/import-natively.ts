import { constants, runInThisContext } from 'node:vm'

/**
 * Imports a module the way Node itself does, by its URL: also where this code runs in the sandbox of a test runner. Jest's loads
 * modules by rules of its own, and has none of Node's hooks. Each process has one such module, whatever number of sandboxes.
 */
export function importNatively(url: URL): Promise<unknown> {
  const isInSandbox = runInThisContext('globalThis') !== globalThis
  return isInSandbox ? importOutside(url) : import(url.href)
}

function importOutside(url: URL): Promise<unknown> {
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const load = runInThisContext('(url) => import(url)', { importModuleDynamically }) as (
    url: string,
  ) => Promise<unknown>
  return load(url.href)
}
