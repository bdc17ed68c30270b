// Records the histories that replay.test.ts replays: node apps/workflows/test/record-histories.ts
// Each is the history file of one instance, after a real run. Recorded once per change of an orchestrator that is meant.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { err, toErrorBody } from '@zoetrope/contracts'
import { until } from '@zoetrope/test-kit'

import { FakeWorker } from './fake-worker.ts'
import { RunningSystem } from './running-system.ts'
import { TestJob } from './test-jobs.ts'

const folder = join(import.meta.dirname, 'histories')

async function record(system: RunningSystem): Promise<ReadonlyMap<string, string>> {
  const worker = new FakeWorker(system)
  const instances = new Map<string, string>()

  const photo = await TestJob.start(system, 'image')
  await worker.serve(photo.jobId, () => photo.isEnded())
  instances.set('photo', `${photo.jobId}.1`)

  const film = await TestJob.start(system, 'video')
  await worker.serve(film.jobId, () => film.isEnded())
  instances.set('film', `${film.jobId}.1`)

  const broken = await TestJob.start(system, 'video')
  const error = toErrorBody(err('SOURCE_CORRUPT'))
  await worker.say(await worker.take(broken.jobId, 'video.probe'), { outcome: 'failed', error })
  await broken.end()
  instances.set('broken-source', `${broken.jobId}.1`)

  const canceled = await TestJob.start(system, 'image')
  await worker.take(canceled.jobId, 'image.probe')
  await canceled.command('cancel')
  await canceled.end()
  instances.set('canceled', `${canceled.jobId}.1`)

  // The second generation of a run, and the alarm that woke the first.
  const long = await TestJob.start(system, 'image')
  const probe = await worker.take(long.jobId, 'image.probe')
  const instanceId = `${long.jobId}.1`
  for (let wakes = 0; wakes < 55; wakes += 1)
    await system.manage('POST', `/${instanceId}/raiseEvent/wake`, '{}')
  let longest = 0
  const isBegunAnew = async (): Promise<boolean> => {
    const status = (await (await system.manage('GET', `/${instanceId}?showHistory=true`)).json()) as {
      readonly historyEvents: readonly unknown[]
    }
    longest = Math.max(longest, status.historyEvents.length)
    return status.historyEvents.length < longest
  }
  await until(isBegunAnew, { what: 'the second generation' })
  await worker.succeed(probe)
  await worker.serve(long.jobId, () => long.isEnded())
  instances.set('long-run', instanceId)

  const [alarmId = ''] = await system.orchestrationsOf(long.jobId, 'alarm')
  await until(async () => (await system.manage('GET', `/${alarmId}`)).status === 200, { what: 'the alarm' })
  instances.set('alarm', alarmId)
  for (const id of instances.values())
    await until(async () => (await system.manage('GET', `/${id}`)).status === 200, {
      what: `the end of ${id}`,
    })
  return instances
}

await using system = await RunningSystem.start()
const instances = await record(system)
mkdirSync(folder, { recursive: true })
for (const [title, instanceId] of instances) {
  const file = await system.historyOf(instanceId)
  writeFileSync(join(folder, `${title}.history.json`), `${JSON.stringify(file, null, 2)}\n`)
}
