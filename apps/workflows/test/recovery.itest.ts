import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { TaskDocument } from '@zoetrope/contracts'
import { mintId } from '@zoetrope/contracts'
import { metricsIn, until } from '@zoetrope/test-kit'

import { handleResult } from '../src/handle-result.ts'
import { answerTo, FakeWorker } from './fake-worker.ts'
import { RunningSystem, shortened } from './running-system.ts'
import { filmNano, photoNano, TestJob } from './test-jobs.ts'

jest.setTimeout(60_000)

/** Few, so that tests see what it means to wait for a place. */
const places = 2

let system: RunningSystem
let worker: FakeWorker

beforeAll(async () => {
  system = await RunningSystem.start({ ZOETROPE_SLOTS_PER_QUEUE: String(places) })
  worker = new FakeWorker(system)
})
afterAll(async () => {
  await system[Symbol.asyncDispose]()
})

// Before any host is killed: messages that a dead host held stay hidden for ten minutes.
describe('a message that cannot be handled', () => {
  it('as a result fails its attempt only, and the next attempt succeeds', async () => {
    const job = await TestJob.start(system, 'image')
    const probe = await worker.take(job.jobId, 'image.probe')
    const unpriced = { meter: 'unheard.of', quantity: 1, unit: 'count', billable: true }
    await worker.say(probe, { outcome: 'succeeded', usage: [unpriced] })

    const again = await worker.take(job.jobId, 'image.probe')
    expect(again.attempt).toBe(2)
    await worker.succeed(again)
    await worker.serve(job.jobId, () => job.isEnded())

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: photoNano } })
    const [retried] = await job.events('task.retried')
    expect(retried?.data).toMatchObject({ error: { code: 'MESSAGE_POISONED' } })
  })

  it('as a command is told as an event, and the job goes on', async () => {
    const job = await TestJob.start(system, 'image')
    await worker.serve(job.jobId, async () => (await job.task('variants')) !== undefined)
    await job.command('pause')
    const told = await until(async () => (await job.events('job.commandFailed'))[0], { what: 'the event' })

    expect(told.data).toMatchObject({ command: 'pause', code: 'MESSAGE_POISONED' })
    await worker.serve(job.jobId, () => job.isEnded())
    expect((await job.read()).state).toBe('succeeded')
  })

  it('as a start fails its job', async () => {
    const job = await TestJob.create(system, 'image')
    const { tenantId, jobId } = job
    await system.azurite.queue.send('job-starts-poison', { tenantId, jobId, run: 1 })

    expect(await job.end()).toMatchObject({ state: 'failed', error: { code: 'MESSAGE_POISONED' } })
    expect((await job.asset()).state).toBe('failed')
  })

  it('of no known shape, or for a job that is not there, leaves its queues in the end', async () => {
    const ids = { tenantId: mintId('ten'), jobId: mintId('job'), run: 1 }
    const unknown = {
      'job-starts': ids,
      'job-commands': { ...ids, commandId: 'c1', command: 'pause' },
      'task-results': answerTo({ ...aTask, ...ids, taskId: mintId('tsk') }),
    }
    const queues = Object.keys(unknown) as (keyof typeof unknown)[]
    for (const queue of queues) {
      await system.azurite.queue.send(queue, { nonsense: true })
      await system.azurite.queue.send(queue, unknown[queue])
      await system.azurite.queue.send(`${queue}-poison`, { nonsense: true })
      await system.azurite.queue.send(`${queue}-poison`, unknown[queue])
    }

    for (const queue of queues.flatMap((name) => [name, `${name}-poison`]))
      await until(async () => (await system.messagesOn(queue)) === 0, { what: `an empty ${queue}` })
    for (const queue of queues)
      expect(metricsIn(system.log)).toContainEqual(
        expect.objectContaining({ metric: 'queue.poisoned', dimensions: { queue } }),
      )
  })
})

describe('a job whose host is killed', () => {
  it('ends once and is charged once, however often and whenever it happens', async () => {
    const job = await TestJob.start(system, 'video')
    const probe = await worker.take(job.jobId, 'video.probe')
    await system.killHost()
    const result = await worker.succeed(probe)
    await system.azurite.queue.send('task-results', result)
    await system.startHost()
    // In the middle of whatever it does when one of the next tasks is answered.
    await worker.succeed(await worker.takeAny(job.jobId))
    await system.killHost()
    await system.startHost()

    await worker.serve(job.jobId, async () => {
      await system.sweep()
      return job.isEnded()
    })

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: filmNano } })
    expect(await job.events('job.running')).toHaveLength(1)
    expect(await job.events('job.succeeded')).toHaveLength(1)
    expect(await job.events('asset.ready')).toHaveLength(1)
    const usage = await job.usage()
    expect(usage.map(({ meter }) => meter).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'audio.encode',
      'media.probes',
      'video.encode.hd',
      'video.encode.sd',
      'video.package',
    ])
  })

  it('goes on where it was when even its orchestration is gone', async () => {
    const job = await TestJob.start(system, 'image')
    const probe = await worker.take(job.jobId, 'image.probe')
    await system.killHost()
    system.forgetOrchestrations()
    await system.startHost()
    await worker.succeed(probe)

    await worker.serve(job.jobId, async () => {
      await system.sweep()
      return job.isEnded()
    })

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: photoNano } })
    expect(await job.events('job.running')).toHaveLength(1)
  })
})

describe('a job whose wakes are lost', () => {
  it('is ended by its alarms alone', async () => {
    const job = await TestJob.start(system, 'image')

    await until(
      async () => {
        for (const message of await worker.takeAll(job.jobId)) await takeInSilently(answerTo(message))
        return job.isEnded()
      },
      { what: 'the end' },
    )

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: photoNano } })
  })

  it('is woken by the sweep when its alarms are lost too', async () => {
    const job = await TestJob.start(system, 'image')
    const probe = await worker.take(job.jobId, 'image.probe')
    const alarms = await until(
      async () => {
        const ids = await system.orchestrationsOf(job.jobId, 'alarm')
        return ids.length > 0 && ids
      },
      { what: 'an alarm' },
    )
    for (const id of alarms) await system.manage('POST', `/${id}/terminate`)
    await takeInSilently(answerTo(probe))

    await worker.serve(job.jobId, async () => {
      await system.sweep()
      return job.isEnded()
    })

    expect((await job.read()).state).toBe('succeeded')
  })
})

describe('a queue of tasks', () => {
  it('has no more of them with workers than it has places, and gives the next one to whoever’s turn it is', async () => {
    const many = await TestJob.start(system, 'video')
    await worker.succeed(await worker.take(many.jobId, 'video.probe'))
    const sent = [await worker.takeAny(many.jobId), await worker.takeAny(many.jobId)]
    const one = await TestJob.start(system, 'video')
    await until(async () => (await one.task('probe'))?.readyAt !== undefined, { what: 'a waiting probe' })

    expect(countWithWorkers(await many.tasks())).toBe(places)
    expect((await one.task('probe'))?.state).toBe('pending')
    await worker.succeed(sent[0]!)
    await worker.take(one.jobId, 'video.probe')

    const out = [...(await many.tasks()), ...(await one.tasks())]
    expect(countWithWorkers(out)).toBeLessThanOrEqual(places)
    for (const job of [many, one]) await job.command('cancel')
    for (const job of [many, one]) expect((await job.end()).state).toBe('canceled')
  })

  it('lets nobody wait behind hundreds of another tenant', async () => {
    const many = await TestJob.start(system, 'video')
    await worker.succeed(await worker.take(many.jobId, 'video.probe'))
    const sent = [await worker.takeAny(many.jobId), await worker.takeAny(many.jobId)]
    const isWaiting = async () =>
      (await many.tasks()).find((task) => task.state === 'pending' && task.readyAt)
    const pattern = await until(isWaiting, { what: 'a task without a place' })
    const partition = [many.tenantId, many.jobId]
    await Promise.all(
      Array.from({ length: 250 }, (_, index) => system.store.jobs.create(partition, copyOf(pattern, index))),
    )

    const one = await TestJob.start(system, 'video')
    await until(async () => (await one.task('probe'))?.readyAt !== undefined, { what: 'a waiting probe' })
    await worker.succeed(sent[0]!)

    await worker.take(one.jobId, 'video.probe')
    for (const job of [many, one]) await job.command('cancel')
    for (const job of [many, one]) expect((await job.end()).state).toBe('canceled')
  })

  it('sends a task again that was sent and never begun, as the same attempt', async () => {
    const job = await TestJob.start(system, 'image')
    const first = await worker.take(job.jobId, 'image.probe')

    const again = await worker.take(job.jobId, 'image.probe')

    expect(again).toMatchObject({ taskId: first.taskId, attempt: 1 })
    await worker.succeed(again)
    await worker.serve(job.jobId, () => job.isEnded())
    expect((await job.read()).state).toBe('succeeded')
  })
})

const aTask = {
  contractVersion: 1 as const,
  attempt: 1,
  operation: 'image.probe',
  parameters: {},
  inputs: [],
  output: { container: 'renditions', prefix: 'p' },
  cancelBlob: { container: 'work', blob: 'b' },
  deadlineAt: '2030-01-01T00:00:00Z',
}

/** Takes a result in as the app does, and loses the wake. */
async function takeInSilently(result: ReturnType<typeof answerTo>): Promise<void> {
  const deps = {
    settings: {
      storage: undefined as never,
      cosmos: undefined as never,
      silenceMs: Number(shortened.ZOETROPE_SILENCE_MS),
      dispatchDeadlineMs: Number(shortened.ZOETROPE_DISPATCH_DEADLINE_MS),
      taskDeadlineMs: 60_000,
      unclaimedMs: Number(shortened.ZOETROPE_UNCLAIMED_MS),
      slotsPerQueue: places,
      slotLeaseMs: 900_000,
      sweepSchedule: shortened.ZOETROPE_SWEEP_SCHEDULE,
    },
    store: system.store,
    queues: system.azurite.queue,
    work: system.azurite.blobs('work'),
    renditions: system.azurite.blobs('renditions'),
    record: () => {},
    now: () => new Date(),
  }
  await handleResult(deps, result, async () => {})
}

function countWithWorkers(tasks: readonly { readonly state: string }[]): number {
  return tasks.filter(({ state }) => state === 'dispatched' || state === 'running').length
}

/** Another task like this one, later in the plan. */
function copyOf(task: TaskDocument, index: number): TaskDocument {
  return { ...task, id: mintId('tsk'), name: `copy ${index}`, order: 100 + index }
}
