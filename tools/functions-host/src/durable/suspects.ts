import { createHash } from 'node:crypto'

import type { DurableInvoke } from './durable-contract.ts'

/** Crashes of shared instances that work may have had a part in before it runs in one of its own. */
const crashesInCompany = 2
/** Crashes after which work is given up. */
const mostCrashes = 5

/**
 * Keeps work that crashes or hangs its worker each time from taking one instance after the other, for ever: others that ran there are
 * suspect as well, so it runs alone from the third time on, and is given up when that crashes too. A worker that somebody else ended
 * makes nobody suspect. The counts are in memory: a host that starts anew begins anew.
 */
export function sparingInstances(
  invoke: DurableInvoke,
  log: (level: 'error', message: string) => void,
): DurableInvoke {
  const crashes = new Map<string, number>()
  return async (call) => {
    // Hardly ever is there any suspect, and then no key is needed.
    const before = crashes.size === 0 ? 0 : (crashes.get(keyOf(call)) ?? 0)
    const answer = await invoke(before < crashesInCompany ? call : { ...call, isAlone: true })
    if (answer.ok || answer.workerLost !== true) {
      if (before > 0) crashes.delete(keyOf(call))
      return answer
    }
    if (answer.workerCrashed !== true) return answer
    if (before + 1 < mostCrashes) {
      crashes.set(keyOf(call), before + 1)
      return answer
    }
    crashes.delete(keyOf(call))
    const { functionName, kind, instanceId } = call
    const reason = `the function '${functionName}' crashed or blocked its worker ${mostCrashes} times, at last alone in one of its own: ${answer.message} Mend what ends its process, or code that never yields, such as a loop without an end.`
    log(
      'error',
      `Durable ${kind} of ${instanceId} is given up: ${reason} Azure would try it again and again, at the cost of whatever else its instances run.`,
    )
    return { ok: false, message: reason, isGivenUp: true }
  }
}

/** Of an activity its input too: an instance may run several at once. The history of an orchestration changes from try to try. */
function keyOf({ functionName, kind, instanceId, input }: Parameters<DurableInvoke>[0]): string {
  const inputId =
    kind === 'activity'
      ? createHash('sha256')
          .update(input ?? '')
          .digest('base64')
      : ''
  return JSON.stringify([kind, functionName, instanceId, inputId])
}
