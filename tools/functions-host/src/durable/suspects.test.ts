import { describe, expect, it } from '@jest/globals'

import type { DurableInvoke } from './durable-contract.ts'
import { sparingInstances } from './suspects.ts'

type Call = Parameters<DurableInvoke>[0]
type Answer = Awaited<ReturnType<DurableInvoke>>

const crashed: Answer = {
  ok: false,
  message: 'The worker process was lost.',
  workerLost: true,
  workerCrashed: true,
}
const killed: Answer = { ok: false, message: 'The worker process was lost.', workerLost: true }
const done: Answer = { ok: true, value: 1 }
const call: Call = { functionName: 'spin', kind: 'orchestration', instanceId: 'a', input: '{}' }

/** Calls again and again, with these answers; answers whether each call was to be alone, and the last answer. */
async function run(answers: Answer[], calls: readonly Call[] = answers.map(() => call)) {
  const alone: boolean[] = []
  const log: string[] = []
  const left = [...answers]
  const invoke = sparingInstances(
    async ({ isAlone }) => {
      alone.push(isAlone === true)
      return left.shift() ?? done
    },
    (_level, message) => void log.push(message),
  )
  let last: Answer = done
  for (const each of calls) last = await invoke(each)
  return { alone, last, log }
}

describe('work whose worker crashes each time', () => {
  it('runs alone from the third time on, and is given up after the fifth', async () => {
    const { alone, last, log } = await run([crashed, crashed, crashed, crashed, crashed])
    expect(alone).toEqual([false, false, true, true, true])
    expect(last).toMatchObject({ ok: false, isGivenUp: true })
    expect(last).not.toHaveProperty('workerLost')
    expect(log).toEqual([expect.stringContaining('Azure would try it again and again')])
  })

  it('is not suspect any more once it has ended, nor for a worker that somebody else ended', async () => {
    const { alone } = await run([crashed, crashed, killed, killed, done, crashed, crashed, done])
    expect(alone).toEqual([false, false, true, true, true, false, false, true])
    expect((await run(Array.from({ length: 20 }, () => killed))).alone).not.toContain(true)
  })

  it('is told apart by function and instance, and activities by their input', async () => {
    const activity = { ...call, kind: 'activity' as const }
    const calls = [
      activity,
      { ...activity, input: '1' },
      { ...activity, instanceId: 'b' },
      call,
      { ...call, input: 'grown' },
      { ...call, input: 'more' },
    ]
    const { alone } = await run(
      calls.map(() => crashed),
      calls,
    )
    expect(alone).toEqual([false, false, false, false, false, true])
  })
})
