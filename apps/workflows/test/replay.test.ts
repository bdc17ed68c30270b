import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'
import type { HistoryFile, OrchestratorCode } from '@zoetrope/test-kit/histories'
import { replayHistory } from '@zoetrope/test-kit/histories'
import type { OrchestrationContext, Task } from 'durable-functions'

import { durableNames } from '../src/durable-names.ts'
import { alarm } from '../src/orchestrations/alarm.orchestration.ts'
import { runJob } from '../src/orchestrations/run-job.orchestration.ts'

const directory = join(import.meta.dirname, '..')
const folder = join(import.meta.dirname, 'histories')
const files = readdirSync(folder)
const orchestrations: Readonly<Record<string, OrchestratorCode>> = {
  [durableNames.runJob]: runJob,
  [durableNames.alarm]: alarm,
}

// Orchestrations that run while a new version is deployed are replayed with the new code: it must ask for the same, in the same order.
describe('an orchestration that was begun by an earlier version', () => {
  it.each(files)('goes on as it was begun: %s', async (file) => {
    const replayed = await replayHistory(join(folder, file), {
      functions: orchestrations,
      directory,
      strict: true,
    })

    expect(replayed.status).toBe('Completed')
    expect(replayed.actions).toBeGreaterThanOrEqual(2)
  })

  it('is recorded for every orchestration', () => {
    const read = (file: string): HistoryFile =>
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as HistoryFile

    expect(new Set(files.map((file) => read(file).orchestratorName))).toEqual(
      new Set(Object.keys(orchestrations)),
    )
  })

  it.each([
    [
      'whose calls come in another order',
      looksFirst,
      /action 1 of its history is the activity "claim-run" .*replay\.test\.ts:\d+/,
    ],
    [
      'that calls something more',
      looksTwice,
      /the activity "set-alarm" .* asks for the activity "look" .*replay\.test\.ts:\d+/,
    ],
  ])('is not taken for one %s', async (_what, changed, reason) => {
    const functions = { [durableNames.runJob]: changed }

    await expect(replayHistory(join(folder, 'photo.history.json'), { functions, directory })).rejects.toThrow(
      reason,
    )
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
