import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'
import type { OrchestrationContext, Task } from 'durable-functions'

import { durableNames } from '../src/durable-names.ts'
import { alarm } from '../src/orchestrations/alarm.orchestration.ts'
import { runJob } from '../src/orchestrations/run-job.orchestration.ts'
import type { Orchestration, Recording } from './replay-recording.ts'
import { replayRecording } from './replay-recording.ts'

const folder = join(import.meta.dirname, 'histories')
const files = readdirSync(folder)
const read = (file: string): Recording => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording
const orchestrations: Readonly<Record<string, Orchestration>> = {
  [durableNames.runJob]: runJob,
  [durableNames.alarm]: alarm,
}

// Orchestrations that run while a new version is deployed are replayed with the new code: it must ask for the same, in the same order.
describe('an orchestration that was begun by an earlier version', () => {
  it.each(files)('goes on as it was begun: %s', async (file) => {
    const recording = read(file)

    const episodes = await replayRecording(recording, orchestrations[recording.name]!)

    expect(episodes.length).toBeGreaterThanOrEqual(2)
    for (const { recorded, replayed } of episodes) expect(replayed).toEqual(recorded)
    expect(episodes.at(-1)?.replayed.at(-1)).toBe('ends')
  })

  it('is recorded for every orchestration', () => {
    expect(new Set(files.map((file) => read(file).name))).toEqual(new Set(Object.keys(orchestrations)))
  })

  it('is not taken for one whose calls come in another order', async () => {
    const recording = read('photo.json')

    const [first] = await replayRecording(recording, looksFirst)

    expect(first?.replayed).not.toEqual(first?.recorded)
  })

  it('is not taken for one that calls something more', async () => {
    const recording = read('photo.json')

    const episodes = await replayRecording(recording, looksTwice)

    expect(episodes.some(({ recorded, replayed }) => recorded.join() !== replayed.join())).toBe(true)
  })
})

function* looksFirst(context: OrchestrationContext): Generator<Task, unknown, unknown> {
  yield context.df.callActivity(durableNames.look, context.df.getInput())
  yield context.df.callActivity(durableNames.claimRun, context.df.getInput())
  return {}
}

function* looksTwice(context: OrchestrationContext): Generator<Task, unknown, unknown> {
  yield context.df.callActivity(durableNames.claimRun, context.df.getInput())
  yield context.df.callActivity(durableNames.look, context.df.getInput())
  yield context.df.callActivity(durableNames.look, context.df.getInput())
  return {}
}
