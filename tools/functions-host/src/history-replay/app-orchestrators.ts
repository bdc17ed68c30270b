import { randomUUID } from 'node:crypto'

import { Call } from '../worker/call.ts'
import type { CoreState, RegisteredFunction } from '../worker/core-module.ts'
import { makeCoreModule } from '../worker/core-module.ts'
import { describeThrown } from '../worker/describe-thrown.ts'
import { loadApp } from '../worker/load-app.ts'
import { supplyCore } from '../worker/supply-core.ts'
import type { Orchestrators } from './run-orchestrator.ts'

/**
 * The orchestrators of an app, loaded into this thread, which can hold no more than one app. Its hooks do not run, and what it logs goes
 * nowhere. @throws HostError when it cannot be loaded
 */
export async function loadOrchestrators(directory: string): Promise<Orchestrators> {
  const { core, state } = makeCoreModule(() => {})
  supplyCore(core)
  await loadApp(directory)
  const byName = new Map(
    [...state.functions.values()]
      .filter((registered) => triggerOf(registered) !== undefined)
      .map((registered) => [registered.metadata.name, registered]),
  )
  return {
    names: [...byName.keys()],
    directory,
    async call(name, trigger, trace) {
      const registered = byName.get(name)
      if (registered === undefined) return { ok: false, message: `There is no orchestrator "${name}".` }
      try {
        const call = callOf(state, registered, trigger)
        const model = call.newModel()
        const { context, inputs } = await model.getArguments()
        trace?.watch(context as object)
        const value = await model.invokeFunction(context, inputs, registered.callback)
        // What cannot cross to a host fails there too.
        return { ok: true, value: JSON.parse(JSON.stringify(value)) as unknown }
      } catch (error) {
        return { ok: false, ...describeThrown(error) }
      }
    },
  }
}

function callOf(state: CoreState, registered: RegisteredFunction, trigger: string): Call {
  const { metadata } = registered
  const invocation = {
    invocationId: randomUUID(),
    functionId: metadata.id,
    inputData: [{ name: triggerOf(registered) ?? '', data: { string: trigger } }],
    triggerMetadata: {},
  }
  return new Call(state, invocation, () => {})
}

function triggerOf({ metadata }: RegisteredFunction): string | undefined {
  return metadata.bindings.find(({ type }) => type.toLowerCase() === 'orchestrationtrigger')?.name
}
