import { registerHooks } from 'node:module'

import { resolveFreshly } from './fresh-modules.ts'

/** What is resolved for `@azure/functions-core`. */
export const coreUrl = 'functions-host:core'
const coreKey = 'zoetropeFunctionsCore'

let isHooked = false

/** Lets code of this thread that is loaded from now on find an object under the name `@azure/functions-core`. */
export function supplyCore(core: Record<string, unknown>): void {
  Object.assign(globalThis, { [coreKey]: core })
  if (isHooked) return
  isHooked = true
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: coreUrl, format: 'commonjs', shortCircuit: true }
        : resolveFreshly(next(specifier, context), context),
    load: (url, context, next) =>
      url === coreUrl
        ? { format: 'commonjs', source: `module.exports = globalThis.${coreKey}`, shortCircuit: true }
        : next(url, context),
  })
}
