import { join } from 'node:path'

import { resolveSettings } from '../../config/app-config.ts'
import type { CreateDurableHub, DurableInvoke } from '../../durable/durable-contract.ts'
import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from '../../trigger.ts'
import type { TypedData } from '../../worker/protocol.ts'
import { fromTypedData } from '../../worker/typed-value.ts'

const kinds = {
  orchestrationtrigger: 'orchestration',
  activitytrigger: 'activity',
  entitytrigger: 'entity',
} as const

/** What only the durable engine can run, by trigger type, and who has it run; the first two sentences are Azure's. */
const notByHand: Readonly<Record<string, string>> = {
  orchestrationtrigger:
    'Durable orchestrator functions do not support direct invocation. Start an orchestration from a client function by using a Durable client. From a console, functions-host durable start does it; in a test, host.instances.start.',
  entitytrigger:
    'Durable entity functions do not support direct invocation. Signal an entity from a client or orchestrator function by using a Durable client. In a test, host.instances.signalEntity does it.',
}

/** Orchestrations, activities and entities. */
export const durableTrigger: TriggerKind = {
  types: Object.keys(kinds),
  webhook: 'durabletask',
  clientTypes: ['durableclient'],
  drainsLast: true,
  async listen(functions, context): Promise<Listener> {
    const { config } = context
    const section = config.extensions['durableTask']
    const hubName =
      section?.['hubName'] === undefined
        ? (config.settings['WEBSITE_SITE_NAME'] ?? 'TestHubName')
        : resolveSettings(String(section['hubName']), config.settings, 'host.json: durableTask.hubName')
    const { createDurableHub } = (await import('../../durable/hub.ts')) as {
      createDurableHub: CreateDurableHub
    }
    const namesOf = (type: string): string[] =>
      functions
        .filter(({ trigger }) => trigger.type.toLowerCase() === type)
        .map(({ metadata }) => metadata.name)
    const hub = createDurableHub({
      appName: config.name,
      hubName,
      databaseFile: join(context.stateDirectory, `durable-${hubName.toLowerCase()}.db`),
      baseUrl: () => context.baseUrl(),
      hostJson: section,
      functions: {
        orchestrations: namesOf('orchestrationtrigger'),
        activities: namesOf('activitytrigger'),
        entities: namesOf('entitytrigger'),
      },
      invoke: invokeDurable(functions, context),
      log: context.log,
      systemKey: context.keys.systemKey('durabletask'),
      clock: context.clock,
      chaos: context.chaos,
      width: () => context.width(),
    })
    return {
      start: () => hub.start(),
      async fromText({ trigger }, text) {
        const refusal = notByHand[trigger.type.toLowerCase()]
        if (refusal !== undefined) throw new Error(refusal)
        return { data: { string: text } }
      },
      busyWith: () => hub.busyWith(),
      clientInput: () => hub.clientBinding(),
      async drain() {
        await hub.drain()
        await hub.close()
      },
      demands: () => hub.demands(),
      inspect: (path, query) => hub.inspect(path, query),
      handleWebhook: (request, response, path) => hub.handleManagement(request, response, path),
    }
  },
}

function invokeDurable(functions: readonly TriggeredFunction[], context: TriggerContext): DurableInvoke {
  const byName = new Map(
    functions.map((target) => [
      `${kinds[target.trigger.type.toLowerCase() as keyof typeof kinds]} ${target.metadata.name.toLowerCase()}`,
      target,
    ]),
  )
  return async ({ functionName, kind, instanceId, input, isAlone = false }) => {
    const target = byName.get(`${kind} ${functionName.toLowerCase()}`)
    if (!target)
      return {
        ok: false,
        message: `The function '${functionName}' doesn't exist, is disabled, or is not an ${kind} function.`,
      }
    const data: TypedData = input === null ? {} : { string: input }
    const result = await context.invoke(target, {
      data,
      triggerMetadata: kind === 'activity' ? activityMetadata(target, instanceId, input) : {},
      reason: `(durable ${kind} of ${instanceId})`,
      isAlone,
    })
    if (!result.ok)
      return {
        ok: false,
        message: result.message,
        stack: result.stack,
        ...('lost' in result ? { workerLost: true, workerCrashed: result.isSuspect } : {}),
      }
    return { ok: true, value: fromTypedData(result.returnValue) }
  }
}

/** What an activity is told beside its input: the input again under two names, and its members that are no objects. */
function activityMetadata(
  { trigger }: TriggeredFunction,
  instanceId: string,
  input: string | null,
): Record<string, TypedData> {
  const metadata: Record<string, TypedData> = { instanceId: { string: instanceId } }
  if (input === null) return metadata
  for (const [name, value] of membersOf(input))
    if (typeof value !== 'object') metadata[name] = { string: String(value) }
  return { ...metadata, [trigger.name]: { string: input }, data: { string: input } }
}

function membersOf(text: string): [string, unknown][] {
  if (!text.startsWith('{')) return []
  try {
    return Object.entries(JSON.parse(text) as object)
  } catch {
    return []
  }
}
