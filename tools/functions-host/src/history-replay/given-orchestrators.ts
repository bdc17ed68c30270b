import { createRequire } from 'node:module'
import { join } from 'node:path'

import { HostError } from '../errors.ts'
import { describeThrown } from '../worker/describe-thrown.ts'
import type { Orchestrators } from './run-orchestrator.ts'

/** The code of an orchestrator, as it is given to `df.app.orchestration`. */
export type OrchestratorCode = (context: never) => Generator<unknown, unknown, never>

/** What of durable-functions 3 turns code into a function of the host. */
interface SdkTesting {
  readonly createOrchestrator: (
    code: OrchestratorCode,
  ) => (trigger: unknown, context: object) => Promise<unknown>
  readonly DummyOrchestrationContext: new (name: string, invocationId: string, log: () => void) => object
}

/**
 * Orchestrators that are given as code, by their names; they run in the caller's own thread.
 * @throws HostError where `directory` finds no durable-functions
 */
export function giveOrchestrators(
  functions: Readonly<Record<string, OrchestratorCode>>,
  directory: string,
): Orchestrators {
  const { createOrchestrator, DummyOrchestrationContext } = loadSdk(directory)
  return {
    names: Object.keys(functions),
    directory,
    async call(name, trigger, trace) {
      const code = functions[name]
      if (code === undefined) return { ok: false, message: `There is no orchestrator "${name}".` }
      const context = new DummyOrchestrationContext(name, 'replay', () => {})
      trace?.watch(context)
      try {
        const value = await createOrchestrator(code)(JSON.parse(trigger), context)
        return { ok: true, value: JSON.parse(JSON.stringify(value)) as unknown }
      } catch (error) {
        return { ok: false, ...describeThrown(error) }
      }
    },
  }
}

function loadSdk(directory: string): SdkTesting {
  const require = createRequire(join(directory, 'package.json'))
  try {
    return require('durable-functions/lib/src/util/testingUtils.js') as SdkTesting
  } catch (error) {
    throw new HostError(
      `durable-functions 3 cannot be loaded from ${directory}: ${(error as Error).message.split('\n', 1)[0]}. Install it there, or give the folder of an app that has it as "directory".`,
    )
  }
}
