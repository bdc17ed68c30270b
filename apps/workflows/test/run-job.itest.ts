import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { err, toErrorBody } from '@zoetrope/contracts'
import type { RecordedMetric } from '@zoetrope/test-kit'
import { metricsIn, until } from '@zoetrope/test-kit'

import { app } from '../src/config.ts'
import { contentKeyOf, FakeWorker } from './fake-worker.ts'
import { RunningSystem } from './running-system.ts'
import { filmNano, photoNano, TestJob } from './test-jobs.ts'

jest.setTimeout(30_000)

let system: RunningSystem
let worker: FakeWorker

beforeAll(async () => {
  system = await RunningSystem.start()
  worker = new FakeWorker(system)
})
afterAll(async () => {
  await system[Symbol.asyncDispose]()
})

describe('a photo', () => {
  it('becomes renditions, a ready asset and a known cost', async () => {
    const job = await TestJob.start(system, 'image')

    await worker.serve(job.jobId, () => job.isEnded())

    expect(await job.read()).toMatchObject({
      state: 'succeeded',
      cost: { amountNano: photoNano, currency: 'USD' },
      progress: { percent: 100 },
    })
    const renditions = await job.renditions()
    expect(renditions.map(({ name, state, contentType }) => [name, state, contentType])).toEqual([
      ['placeholder', 'ready', undefined],
      ['w1600.jpg', 'ready', 'image/jpeg'],
      ['w1600.webp', 'ready', 'image/webp'],
      ['w320.webp', 'ready', 'image/webp'],
      ['w800.webp', 'ready', 'image/webp'],
    ])
    expect(await job.asset()).toMatchObject({
      state: 'ready',
      readyToPlay: false,
      media: { widthPx: 4000, heightPx: 3000, thumbhash: 'abc' },
    })
    for (const type of ['job.running', 'job.succeeded', 'asset.ready'])
      expect(await job.events(type)).toHaveLength(1)
  })
})

describe('a film', () => {
  it('becomes a package that can be played, a poster and a known cost', async () => {
    const job = await TestJob.start(system, 'video')

    await worker.serve(job.jobId, () => job.isEnded())

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: filmNano } })
    const [playback, poster] = await job.renditions()
    expect(poster).toMatchObject({ name: 'poster.jpg', renditionKind: 'poster', state: 'ready' })
    expect(playback).toMatchObject({
      name: 'playback',
      renditionKind: 'package',
      state: 'ready',
      fileCount: 3,
      sizeBytes: 3000,
    })
    expect(playback?.blob).toBe(`${playback?.prefix}/master.m3u8`)
    expect(await job.asset()).toMatchObject({ state: 'ready', readyToPlay: true })
    expect(await job.playback()).toMatchObject({
      assetId: job.assetId,
      tenantId: job.tenantId,
      policy: 'public',
      state: 'active',
      prefix: playback?.prefix,
    })
  })

  it('is packaged from the files of its encodes, pinned by their hashes', async () => {
    const job = await TestJob.start(system, 'video')
    await worker.succeed(await worker.take(job.jobId, 'video.probe'))
    const encodes = [
      await worker.take(job.jobId, 'video.encode'),
      await worker.take(job.jobId, 'video.encode'),
    ]
    for (const message of [...encodes, await worker.take(job.jobId, 'audio.encode')])
      await worker.succeed(message)

    const message = await worker.take(job.jobId, 'video.package')

    expect(message.inputs.map(({ name }) => name).toSorted()).toEqual([
      'audio:audio',
      'video:360p',
      'video:720p',
    ])
    for (const input of message.inputs) expect(input.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(encodes[0]?.inputs).toMatchObject([{ name: 'source', etag: '"1"', fingerprint: 'f2' }])
    await job.command('cancel')
    await job.end()
  })

  it('may answer with a manifest where the list of its files does not fit into a message', async () => {
    const job = await TestJob.start(system, 'video')
    let prefix = ''
    await until(
      async () => {
        for (const message of await worker.takeAll(job.jobId)) {
          if (message.operation !== 'video.package') await worker.succeed(message)
          else {
            const contentKey = contentKeyOf(message)
            prefix = `${job.tenantId}/${contentKey}/x9`
            const blob = `${job.tenantId}/${contentKey}/manifest.json`
            const outputs = Array.from({ length: 400 }, (_, index) => ({
              name: index === 399 ? 'master.m3u8' : `v720/${index}.m4s`,
              blob: `${prefix}/${index === 399 ? 'master.m3u8' : `v720/${index}.m4s`}`,
              contentType: 'application/octet-stream',
              sizeBytes: 10,
              sha256: contentKey,
            }))
            const facts = {
              executionId: 'x9',
              operation: message.operation,
              operationVersion: '1',
              usage: [],
            }
            const manifest = {
              contractVersion: 1,
              contentKey,
              taskId: message.taskId,
              ...facts,
              outputs,
              createdAt: new Date().toISOString(),
            }
            const type = { contentType: 'application/json' }
            await system.azurite.blobs('renditions').write(blob, JSON.stringify(manifest), type)
            await worker.say(message, {
              outcome: 'succeeded',
              contentKey,
              manifest: { container: 'renditions', blob },
            })
          }
        }
        return job.isEnded()
      },
      { what: 'the end' },
    )

    const [playback] = await job.renditions()
    expect(playback).toMatchObject({ fileCount: 400, sizeBytes: 4000, prefix })
    expect(await job.playback()).toMatchObject({ prefix })
  })
})

describe('a result', () => {
  it('that is delivered twice is charged once', async () => {
    const job = await TestJob.start(system, 'image')
    const probe = await worker.take(job.jobId, 'image.probe')
    const result = await worker.succeed(probe)
    await system.azurite.queue.send('task-results', result)

    await worker.serve(job.jobId, () => job.isEnded())
    await system.azurite.queue.send('task-results', result)
    await until(() => isQueueEmpty('task-results'), { what: 'the last repeat' })

    expect((await job.read()).cost?.amountNano).toBe(photoNano)
    expect((await job.usage()).filter(({ meter }) => meter === 'media.probes')).toMatchObject([
      { billable: true, amountNano: 10_000, quantity: 1 },
    ])
    expect(await job.events('task.succeeded')).toHaveLength(3)
  })

  it('of a worker that was given up for lost counts all the same, and once', async () => {
    const job = await TestJob.start(system, 'image')
    const first = await worker.take(job.jobId, 'image.probe')
    await worker.say(first, { outcome: 'progress', progress: { phase: 'reading', percent: 10 } })
    const second = await worker.take(job.jobId, 'image.probe')
    expect(second).toMatchObject({ taskId: first.taskId, attempt: 2 })

    await worker.succeed(first)
    const variants = await worker.take(job.jobId, 'image.variants')
    await worker.succeed(second)
    await worker.succeed(variants)
    await worker.serve(job.jobId, () => job.isEnded())

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: photoNano } })
    expect(await job.task('probe')).toMatchObject({ state: 'succeeded', lostAttempts: 1, failedAttempts: 0 })
  })

  it('that is repeated on the next day stays in the usage of the first', async () => {
    const job = await TestJob.start(system, 'image')
    const probe = await worker.take(job.jobId, 'image.probe')
    const result = await worker.succeed(probe)
    await until(async () => (await job.usage()).length === 1, { what: 'the usage of the probe' })
    const before = await job.usage()

    const endedAt = new Date(Date.now() + 24 * 3_600_000).toISOString()
    await system.azurite.queue.send('task-results', { ...result, attempt: 2, endedAt })
    await until(() => isQueueEmpty('task-results'), { what: 'the repeat' })

    expect(await job.usage()).toEqual(before)
  })

  it('that says the source is broken fails the job at once, with the reason', async () => {
    const job = await TestJob.start(system, 'video')
    const probe = await worker.take(job.jobId, 'video.probe')
    const detail = 'The moov box is missing.'

    await worker.say(probe, { outcome: 'failed', error: toErrorBody(err('SOURCE_CORRUPT', { detail })) })

    expect(await job.end()).toMatchObject({ state: 'failed', error: { code: 'SOURCE_CORRUPT', detail } })
    expect(await job.asset()).toMatchObject({ state: 'failed', error: { code: 'SOURCE_CORRUPT' } })
    expect(await job.tasks()).toMatchObject([{ state: 'failed', attempt: 1 }])
    expect(await worker.takeAll(job.jobId)).toEqual([])
  })

  it('that says something went wrong is tried again, and what failed costs nothing', async () => {
    const job = await TestJob.start(system, 'image')
    await worker.succeed(await worker.take(job.jobId, 'image.probe'))
    const variants = await worker.take(job.jobId, 'image.variants')
    const usage = [{ meter: 'image.pixels', quantity: 76_800, unit: 'pixel', billable: true }]
    await worker.say(variants, { outcome: 'failed', error: toErrorBody(err('MEDIA_PROCESS_CRASHED')), usage })

    const again = await worker.take(job.jobId, 'image.variants')
    expect(again).toMatchObject({ taskId: variants.taskId, attempt: 2 })
    await worker.succeed(again)
    await worker.serve(job.jobId, () => job.isEnded())

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: photoNano } })
    const pixels = (await job.usage()).filter(({ meter }) => meter === 'image.pixels')
    expect(
      new Map(pixels.map(({ attempt, billable, amountNano }) => [attempt, { billable, amountNano }])),
    ).toEqual(
      new Map([
        [1, { billable: false, amountNano: 0 }],
        [2, { billable: true, amountNano: 87_936 }],
      ]),
    )
    await until(
      () => [...app.manifest.metrics, 'queue.waitMs'].every((name) => metricsNamed(name).length > 0),
      {
        what: 'every metric of the app',
      },
    )
    expect(metricsNamed('attempts.failed')).toContainEqual({
      metric: 'attempts.failed',
      value: 1,
      dimensions: { operation: 'image.variants', code: 'MEDIA_PROCESS_CRASHED' },
    })
    expect(metricsNamed('usage.amountNano').map(({ value }) => value)).toEqual(
      expect.arrayContaining([0, 87_936]),
    )
  })

  it('of an optional step that fails leaves the job partial, with the others', async () => {
    const job = await TestJob.start(system, 'image')
    await worker.succeed(await worker.take(job.jobId, 'image.probe'))
    const error = toErrorBody(err('SOURCE_LIMIT_EXCEEDED'))
    await worker.say(await worker.take(job.jobId, 'image.placeholder'), { outcome: 'failed', error })
    await worker.serve(job.jobId, () => job.isEnded())

    expect((await job.read()).state).toBe('partial')
    expect((await job.asset()).state).toBe('ready')
    expect((await job.renditions())[0]).toMatchObject({ name: 'placeholder', state: 'failed', error })
  })
})

describe('another job of an asset', () => {
  it('that fails leaves what the first one made', async () => {
    const first = await TestJob.start(system, 'video')
    await worker.serve(first.jobId, () => first.isEnded())
    const before = await first.renditions()
    const second = await TestJob.create(system, 'video', first)
    await second.enqueue()
    await worker.succeed(await worker.take(second.jobId, 'video.probe'))
    const error = toErrorBody(err('SOURCE_CODEC_UNSUPPORTED'))
    for (const operation of ['video.poster', 'video.encode', 'video.encode', 'audio.encode'])
      await worker.say(await worker.take(second.jobId, operation), { outcome: 'failed', error })

    expect((await second.end()).state).toBe('failed')
    expect(await first.renditions()).toEqual(before)
    expect(await first.playback()).toMatchObject({ state: 'active', prefix: before[0]?.prefix })
  })

  it('that succeeds puts its renditions in the place of failed ones', async () => {
    const first = await TestJob.start(system, 'image')
    await worker.succeed(await worker.take(first.jobId, 'image.probe'))
    const error = toErrorBody(err('SOURCE_CORRUPT'))
    await worker.say(await worker.take(first.jobId, 'image.variants'), { outcome: 'failed', error })
    await worker.serve(first.jobId, () => first.isEnded())
    const names = ['placeholder', 'w1600.jpg', 'w1600.webp', 'w320.webp', 'w800.webp']
    expect((await first.renditions()).map(({ name, state }) => [name, state])).toEqual(
      names.map((name) => [name, name === 'placeholder' ? 'ready' : 'failed']),
    )

    const second = await TestJob.create(system, 'image', first)
    await second.enqueue()
    await worker.serve(second.jobId, () => second.isEnded())

    expect((await second.renditions()).map(({ name, state }) => [name, state])).toEqual(
      names.map((name) => [name, 'ready']),
    )
    expect((await second.asset()).state).toBe('ready')
  })
})

describe('a canceled job', () => {
  it('ends as canceled, tells its workers, and is charged for a success that comes late', async () => {
    const job = await TestJob.start(system, 'image')
    await worker.succeed(await worker.take(job.jobId, 'image.probe'))
    const variants = await worker.take(job.jobId, 'image.variants')
    await job.command('cancel')

    expect(await job.end()).toMatchObject({
      state: 'canceled',
      error: { code: 'JOB_CANCELED' },
      cost: { amountNano: 10_000 },
    })
    expect(await system.azurite.blobs('work').readText(variants.cancelBlob.blob)).toBe('')
    expect((await job.asset()).state).toBe('failed')

    await worker.succeed(variants)

    // 10 000 for the probe and 87 936 for the variants.
    await until(async () => (await job.read()).cost?.amountNano === 97_936, { what: 'the late charge' })
    expect((await job.task('variants'))?.state).toBe('canceled')
    expect((await job.read()).state).toBe('canceled')
    expect(await job.renditions()).toEqual([])
  })
})

describe('an asset that is deleted meanwhile', () => {
  it('cancels its job, and nothing can be played', async () => {
    const job = await TestJob.start(system, 'video')
    await worker.succeed(await worker.take(job.jobId, 'video.probe'))
    await job.writeAsset({ state: 'deleting' })
    await worker.serve(job.jobId, () => job.isEnded())

    expect(await job.read()).toMatchObject({ state: 'canceled', error: { code: 'ASSET_DELETING' } })
    expect((await job.asset()).state).toBe('deleting')
    expect(await job.renditions()).toEqual([])
    expect(await job.playback()).toBeUndefined()
  })
})

describe('a start', () => {
  it('that is delivered twice runs once', async () => {
    const job = await TestJob.create(system, 'image')
    await Promise.all([job.enqueue(), job.enqueue()])
    const probe = await worker.take(job.jobId, 'image.probe')
    await until(() => isQueueEmpty('job-starts'), { what: 'both starts' })
    await job.enqueue()
    await worker.succeed(probe)
    await worker.serve(job.jobId, () => job.isEnded())
    await job.enqueue()
    await until(() => isQueueEmpty('job-starts'), { what: 'the last start' })

    expect(await job.read()).toMatchObject({ state: 'succeeded', cost: { amountNano: photoNano } })
    expect(await job.events('job.running')).toHaveLength(1)
    expect(await system.orchestrationsOf(job.jobId, 'run-job')).toEqual([`${job.jobId}.1`])
    expect((await job.tasks()).map(({ attempt }) => attempt)).toEqual([1, 1, 1])
  })

  it('that never came is made by the sweep', async () => {
    const job = await TestJob.create(system, 'image')
    await until(
      async () => {
        await system.sweep()
        return (await job.read()).state === 'running'
      },
      { what: 'the start' },
    )
    await worker.serve(job.jobId, () => job.isEnded())

    expect((await job.read()).state).toBe('succeeded')
  })
})

describe('an operator', () => {
  it('starts a run by hand, and sees its state and nothing of its secrets', async () => {
    const job = await TestJob.create(system, 'image')
    const path = `/v1/orchestrations/${job.jobId}.1`
    expect((await system.call('GET', path)).status).toBe(404)
    const { tenantId, jobId } = job

    const started = await system.call('POST', '/v1/orchestrations', { tenantId, jobId, run: 1 })
    expect([started.status, started.headers.get('location')]).toEqual([202, path])
    const probe = await worker.take(job.jobId, 'image.probe')
    expect((await system.call('GET', path)).status).toBe(202)
    await worker.succeed(probe)
    await worker.serve(job.jobId, () => job.isEnded())

    const ended = await until(
      async () => {
        const response = await system.call('GET', path)
        return response.status === 200 && response
      },
      { what: 'the end of the orchestration' },
    )
    const text = await ended.text()
    expect(JSON.parse(text)).toMatchObject({ name: 'run-job', runtimeStatus: 'Completed' })
    expect(text).not.toMatch(/code=|systemKey|http:/)
  })
})

/** Says that nothing is on a queue any more, hidden messages included. */
function metricsNamed(name: string): RecordedMetric[] {
  return metricsIn(system.log).filter(({ metric }) => metric === name)
}

async function isQueueEmpty(queue: string): Promise<boolean> {
  return (await system.messagesOn(queue)) === 0
}
