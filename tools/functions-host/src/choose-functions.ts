import type { AppConfig } from './config/app-config.ts'
import { FunctionBindings } from './bindings/function-bindings.ts'
import { HostError, NotImplementedError } from './errors.ts'
import type { Log } from './logging/log.ts'
import type { TriggerKind, TriggeredFunction } from './trigger.ts'

/** What Azure takes as the name of a function. */
const functionName = /^(?!host$)[a-z][\w-]{0,127}$/i

/** The functions asked for, the disabled ones marked. One that cannot run is named, with the reason, and left out, as in Azure. */
export function chooseFunctions(
  all: readonly TriggeredFunction['metadata'][],
  {
    config,
    only,
    log,
    kinds,
  }: {
    readonly config: AppConfig
    readonly only: readonly string[] | undefined
    readonly log: Log
    /** The kinds of trigger that they use. */
    readonly kinds: readonly TriggerKind[]
  },
): TriggeredFunction[] {
  const wanted = (only ?? config.onlyFunctions)?.map((name) => name.toLowerCase())
  const names = all.map(({ name }) => name.toLowerCase())
  const unknown = wanted?.filter((name) => !names.includes(name)) ?? []
  if (unknown.length > 0)
    log(
      'warning',
      `--functions, or "functions" of host.json, names what the app does not have: ${unknown.join(', ')}. It has: ${names.join(', ')}.`,
    )
  return all.flatMap((metadata) => {
    if (wanted && !wanted.includes(metadata.name.toLowerCase())) return []
    const isDisabled = /^(1|true)$/i.test(config.settings[`AzureWebJobs.${metadata.name}.Disabled`] ?? '')
    if (isDisabled) log('info', `Function ${metadata.name} is disabled.`, 'Host.Lifecycle')
    try {
      return [{ metadata, trigger: triggerOf(metadata, { config, log, kinds }), isDisabled }]
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      log('error', `The '${metadata.name}' function is in error and left out: ${error.message}`)
      return []
    }
  })
}

function triggerOf(
  metadata: TriggeredFunction['metadata'],
  {
    config,
    log,
    kinds,
  }: { readonly config: AppConfig; readonly log: Log; readonly kinds: readonly TriggerKind[] },
): TriggeredFunction['trigger'] {
  if (!functionName.test(metadata.name))
    throw new HostError(
      `'${metadata.name}' is not a valid function name. Use letters, digits, _ and -, a letter first, up to 128 in all, and not "host".`,
    )
  const trigger = metadata.bindings.find((binding) => /trigger$/i.test(binding.type))
  if (!trigger) throw new HostError('it has no trigger. Register it with app.http, app.storageQueue, ...')
  const kind = kinds.find(({ types }) => types.includes(trigger.type.toLowerCase()))
  if (!kind) throw new NotImplementedError(`The trigger "${trigger.type}"`)
  // Whoever cannot be bound is left out now, not found out at its first call.
  const knownNames = kind.expressionNames?.({ metadata, trigger }, config)
  void new FunctionBindings(metadata, { config, log, knownNames })
  return trigger
}
