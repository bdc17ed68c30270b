import { join } from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { InvocationContext } from '@azure/functions'
import type { TaskInput, TaskMessage } from '@zoetrope/contracts'
import { ProbeFacts, TaskResult, mintId } from '@zoetrope/contracts'
import type { RunningAzurite } from '@zoetrope/test-kit'
import { metricsIn, startAzurite } from '@zoetrope/test-kit'
import sharp from 'sharp'

let azurite: RunningAzurite
let runImageTask: (message: unknown, context: InvocationContext) => Promise<void>
let answerPoisonTask: typeof runImageTask
let closeChildren: () => void
beforeAll(async () => {
  azurite = await startAzurite()
  process.env['ZOETROPE_STORAGE'] = azurite.connectionString
  runImageTask = (await import('../src/functions/tasks-run.queue.ts')).runImageTask
  answerPoisonTask = (await import('../src/functions/tasks-poison.queue.ts')).answerPoisonTask
  const { wire } = await import('../src/wiring.ts')
  closeChildren = () => wire().children.close()
}, 60_000)
afterAll(async () => {
  closeChildren()
  await azurite[Symbol.asyncDispose]()
})

const logged: string[] = []
const context = new InvocationContext({
  functionName: 'tasks-run',
  invocationId: 'test',
  triggerMetadata: { dequeueCount: 1, insertionTime: new Date().toISOString() },
  logHandler: (_level, ...lines) => void logged.push(...lines.map(String)),
})

/** Uploads a source; answers it as the input of a task. */
async function upload(tenantId: string, file: string): Promise<TaskInput> {
  const uploads = azurite.blobs('uploads')
  const blob = `${tenantId}/${mintId('ast')}/${mintId('upl')}`
  await uploads.writeFile(blob, file, { contentType: 'image/jpeg' })
  const facts = await uploads.head(blob)
  return {
    name: 'source',
    container: 'uploads',
    blob,
    etag: facts?.etag,
    contentType: 'image/jpeg',
    sizeBytes: facts?.sizeBytes ?? 0,
  }
}

async function run(
  tenantId: TaskMessage['tenantId'],
  task: Pick<TaskMessage, 'operation' | 'parameters' | 'inputs'>,
) {
  const message: TaskMessage = {
    contractVersion: 1,
    taskId: mintId('tsk'),
    attempt: 1,
    jobId: mintId('job'),
    run: 1,
    tenantId,
    output: { container: 'renditions', prefix: tenantId },
    cancelBlob: { container: 'work', blob: `${tenantId}/job/1/cancel` },
    deadlineAt: new Date(Date.now() + 60_000).toISOString(),
    ...task,
  }
  await runImageTask(message, context)
  const answers = (await azurite.takeMessages('task-results')).map((body) => TaskResult.parse(body))
  return answers.filter(({ taskId }) => taskId === message.taskId).at(-1)
}

async function aPhoto() {
  const folder = mkdtempSync(join(tmpdir(), 'zoetrope-images-'))
  const file = join(folder, 'photo.jpg')
  await sharp({ create: { width: 400, height: 200, channels: 3, background: '#d03010' } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toFile(file)
  const tenantId = mintId('ten')
  return {
    tenantId,
    folder,
    source: await upload(tenantId, file),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

describe('the images app', () => {
  it('probes: size as displayed, and the fingerprint that later tasks are named by', async () => {
    using photo = await aPhoto()

    const result = await run(photo.tenantId, {
      operation: 'image.probe',
      parameters: {},
      inputs: [photo.source],
    })

    expect(result).toMatchObject({
      outcome: 'succeeded',
      media: { format: 'jpeg', widthPx: 200, heightPx: 400, frames: 1, hasAlpha: false },
      usage: [{ meter: 'media.probes', quantity: 1, unit: 'count', billable: true }],
    })
    expect(ProbeFacts.parse(result?.facts)).toMatchObject({
      mediaType: 'image',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      video: { widthPx: 200, heightPx: 400, codec: 'jpeg' },
    })
  })

  it('renders all variants in one task, and charges the pixels put out', async () => {
    using photo = await aPhoto()
    const variants = [
      { name: 'w100.webp', widthPx: 100, format: 'webp' },
      { name: 'w1600.jpg', widthPx: 1600, format: 'jpeg' },
    ]

    const result = await run(photo.tenantId, {
      operation: 'image.variants',
      parameters: { variants },
      inputs: [photo.source],
    })

    expect(
      result?.outputs.map(({ name, contentType, media }) => [
        name,
        contentType,
        media.widthPx,
        media.heightPx,
      ]),
    ).toEqual([
      ['w100.webp', 'image/webp', 100, 200],
      ['w1600.jpg', 'image/jpeg', 200, 400],
    ])
    // 100 x 200 + 200 x 400
    expect(result?.usage).toEqual([
      { meter: 'image.pixels', quantity: 100_000, unit: 'pixel', billable: true },
    ])
    const file = join(photo.folder, 'made')
    await azurite.blobs('renditions').download(result?.outputs[0]?.blob ?? '', file)
    expect(await sharp(file).metadata()).toMatchObject({ format: 'webp', width: 100, height: 200 })
  })

  it('makes a placeholder without a file', async () => {
    using photo = await aPhoto()

    const result = await run(photo.tenantId, {
      operation: 'image.placeholder',
      parameters: {},
      inputs: [photo.source],
    })

    expect(result).toMatchObject({
      outcome: 'succeeded',
      outputs: [],
      media: {
        thumbhash: expect.any(String),
        dominantColor: expect.stringMatching(/^#[c-d]/),
        placeholderDataUri: expect.stringMatching(/^data:image\/webp/),
      },
      usage: [{ meter: 'image.placeholders', quantity: 1 }],
    })
  })

  it('fails a file that is no image, typed, and answers for a message set aside', async () => {
    using photo = await aPhoto()
    const text = { ...photo.source, blob: `${photo.source.blob}-text` }
    const uploads = azurite.blobs('uploads')
    const written = await uploads.write(text.blob, 'just words', { contentType: 'image/jpeg' })
    const input = { ...text, etag: written === 'refused' ? '' : written.etag, sizeBytes: 10 }
    const ids = { taskId: mintId('tsk'), attempt: 2, jobId: mintId('job'), run: 1, tenantId: photo.tenantId }

    const result = await run(photo.tenantId, { operation: 'image.probe', parameters: {}, inputs: [input] })
    await answerPoisonTask({ ...ids, operation: 7 }, context)

    expect(result).toMatchObject({
      outcome: 'failed',
      error: { code: 'SOURCE_TYPE_UNSUPPORTED', retry: false },
    })
    const [answer] = await azurite.takeMessages('task-results')
    expect(answer).toMatchObject({
      ...ids,
      outcome: 'failed',
      error: { code: 'MESSAGE_POISONED', retry: true },
    })
    const metrics = metricsIn(logged.join('\n'))
    expect(metrics.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(['queue.waitMs', 'queue.poisoned']),
    )
    expect(metrics.every(({ dimensions }) => dimensions['queue'] === 'tasks-images')).toBe(true)
  })
})
