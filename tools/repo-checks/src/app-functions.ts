import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { repoRoot } from './repo-root.ts'

/** One function of an app, as the platform would index it. Of the optional fields it has those of its trigger. */
export interface AppFunction {
  readonly name: string
  readonly trigger: 'http' | 'queue' | 'timer' | 'changeFeed' | 'orchestration' | 'activity'
  readonly route?: string
  readonly methods?: readonly string[]
  /** `function`: a key of the platform is needed; `anonymous`: the app looks at the caller itself. */
  readonly authLevel?: string
  readonly queueName?: string
  readonly schedule?: string
  readonly containerName?: string
  /** Setting of the connection that the trigger listens by. */
  readonly connection?: string
}

interface Binding {
  readonly type: string
  readonly route?: string
  readonly methods?: readonly string[]
  readonly authLevel?: string
  readonly queueName?: string
  readonly schedule?: string
  readonly containerName?: string
  readonly connection?: string
}

const coreUrl = 'repo-checks:functions-core'
/** Trigger type of the platform -> its name here, and the fields that say what it listens to. */
const triggers: Readonly<
  Record<string, { name: AppFunction['trigger']; fields: readonly (keyof Binding & keyof AppFunction)[] }>
> = {
  httpTrigger: { name: 'http', fields: ['route', 'methods', 'authLevel'] },
  queueTrigger: { name: 'queue', fields: ['queueName', 'connection'] },
  timerTrigger: { name: 'timer', fields: ['schedule'] },
  cosmosDBTrigger: { name: 'changeFeed', fields: ['containerName', 'connection'] },
  orchestrationTrigger: { name: 'orchestration', fields: [] },
  activityTrigger: { name: 'activity', fields: [] },
}

/**
 * Loads an app and answers what it registers, in order of names. Only in a process of its own: the app's code stays loaded.
 * @throws Error for a trigger that nothing here knows
 */
export async function readAppFunctions(appName: string): Promise<readonly AppFunction[]> {
  const registered: AppFunction[] = []
  supplyFunctionsCore((name, bindings) => registered.push(toAppFunction(name, bindings)))
  await import(pathToFileURL(join(repoRoot, 'apps', appName, 'src', 'main.ts')).href)
  return registered.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function toAppFunction(name: string, bindings: readonly Binding[]): AppFunction {
  const binding = bindings.find(({ type }) => type.endsWith('Trigger'))
  const known = triggers[binding?.type ?? '']
  if (!binding || !known)
    throw new Error(
      `Function "${name}": its trigger (${binding?.type}) is not in tools/repo-checks/src/app-functions.ts.`,
    )
  const facts = known.fields.map((field) => [field, binding[field]] as const)
  return {
    name,
    trigger: known.name,
    ...Object.fromEntries(facts.filter(([, value]) => value !== undefined)),
  }
}

/** Gives `@azure/functions` what it finds inside a worker: a module that is told of every function. */
function supplyFunctionsCore(onFunction: (name: string, bindings: readonly Binding[]) => void): void {
  const core = {
    registerFunction: (metadata: { name: string; bindings: Record<string, Binding> }) =>
      onFunction(metadata.name, Object.values(metadata.bindings)),
    // The library takes it for the sign of a host that can stream.
    log: () => undefined,
    registerHook: () => ({ dispose: () => undefined }),
    setProgrammingModel: () => undefined,
  }
  Object.assign(globalThis, { zoetropeFunctionsCore: core })
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: coreUrl, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === coreUrl
        ? {
            format: 'commonjs',
            source: 'module.exports = globalThis.zoetropeFunctionsCore',
            shortCircuit: true,
          }
        : next(url, context),
  })
}
