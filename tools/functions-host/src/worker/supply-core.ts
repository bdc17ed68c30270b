import { registerHooks } from 'node:module'

const coreUrl = 'functions-host:core'
const coreKey = 'zoetropeFunctionsCore'

/** Lets code of this thread that is loaded from now on find an object under the name `@azure/functions-core`. */
export function supplyCore(core: Record<string, unknown>): void {
  Object.assign(globalThis, { [coreKey]: core })
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: coreUrl, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === coreUrl
        ? { format: 'commonjs', source: `module.exports = globalThis.${coreKey}`, shortCircuit: true }
        : next(url, context),
  })
}
