import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { InvocationContext } from '@azure/functions'
import type { TaskInput, TaskMessage } from '@zoetrope/contracts'
import { ProbeFacts, RenditionManifest, TaskResult, mintId } from '@zoetrope/contracts'
import type { RunningAzurite } from '@zoetrope/test-kit'
import { startAzurite } from '@zoetrope/test-kit'

jest.setTimeout(120_000)

let azurite: RunningAzurite
let runMediaTask: (message: unknown, context: InvocationContext) => Promise<void>
let closeChildren: () => void
const folder = mkdtempSync(join(tmpdir(), 'zoetrope-video-'))

beforeAll(async () => {
  azurite = await startAzurite()
  process.env['ZOETROPE_STORAGE'] = azurite.connectionString
  process.env['ZOETROPE_PROGRESS_MS'] = '1'
  runMediaTask = (await import('../src/functions/tasks-run.queue.ts')).runMediaTask
  const { wire } = await import('../src/wiring.ts')
  closeChildren = () => wire().children.close()
  await makeClip()
})
afterAll(async () => {
  closeChildren()
  await azurite[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const clip = join(folder, 'clip.mp4')
const tenantId = mintId('ten')
const context = {
  functionName: 'tasks-run',
  invocationId: 'test',
  debug: () => undefined,
  error: () => undefined,
} as unknown as InvocationContext

/** 5 s, 1280x720, 24 frames per second, with sound. */
async function makeClip(): Promise<void> {
  const script = join(import.meta.dirname, '../../../libs/av/test/make-source.ts')
  const recipe = {
    path: clip,
    format: 'mp4',
    video: { width: 1280, height: 720, frames: 120, fps: 24 },
    audio: { samples: 240_000, sampleRate: 48_000 },
  }
  await promisify(execFile)(process.execPath, [script, JSON.stringify(recipe)])
}

async function upload(file: string, contentType: string): Promise<TaskInput> {
  const uploads = azurite.blobs('uploads')
  const blob = `${tenantId}/${mintId('ast')}/${mintId('upl')}`
  await uploads.writeFile(blob, file, { contentType })
  const facts = await uploads.head(blob)
  return {
    name: 'source',
    container: 'uploads',
    blob,
    etag: facts?.etag,
    contentType,
    sizeBytes: facts?.sizeBytes ?? 0,
  }
}

async function run(operation: string, parameters: Record<string, unknown>, inputs: TaskInput[]) {
  const message: TaskMessage = {
    contractVersion: 1,
    taskId: mintId('tsk'),
    attempt: 1,
    jobId: mintId('job'),
    run: 1,
    tenantId,
    operation,
    parameters,
    inputs,
    output: { container: 'renditions', prefix: tenantId },
    cancelBlob: { container: 'work', blob: `${tenantId}/job/1/cancel` },
    deadlineAt: new Date(Date.now() + 60_000).toISOString(),
  }
  await runMediaTask(message, context)
  const answers = (await azurite.takeMessages('task-results')).map((body) => TaskResult.parse(body))
  const own = answers.filter(({ taskId }) => taskId === message.taskId)
  const final = own.findLast(({ outcome }) => outcome !== 'progress')
  const manifest = await manifestOf(final)
  return { final, outputs: final?.outputs.length ? final.outputs : (manifest?.outputs ?? []), own }
}

async function manifestOf(result: TaskResult | undefined) {
  if (!result?.manifest) return undefined
  const text = await azurite.blobs('renditions').readText(result.manifest.blob)
  return text === undefined ? undefined : RenditionManifest.parse(JSON.parse(text))
}

function asInput(name: string, output: TaskResult['outputs'][number]): TaskInput {
  const { blob, contentType, sizeBytes, sha256 } = output
  return { name, container: 'renditions', blob, contentType, sizeBytes, fingerprint: sha256 }
}

describe('the video app', () => {
  it('carries a film from its probe to a package and a poster, and charges what it put out', async () => {
    const source = await upload(clip, 'video/mp4')

    const probed = await run('video.probe', {}, [source])
    const rung = { name: '360p', widthPx: 640, heightPx: 360, bitrateBps: 700_000 }
    const low = await run('video.encode', rung, [source])
    const high = await run('video.encode', { ...rung, name: '720p', widthPx: 1280, heightPx: 720 }, [source])
    const sound = await run('audio.encode', {}, [source])
    const poster = await run('video.poster', { widthPx: 640 }, [source])
    const packaged = await run('video.package', { segmentSeconds: 2 }, [
      asInput('video:360p', low.outputs[0]!),
      asInput('video:720p', high.outputs[0]!),
      asInput('audio:audio', sound.outputs[0]!),
    ])

    expect(ProbeFacts.parse(probed.final?.facts)).toMatchObject({
      mediaType: 'video',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      durationMs: 5000,
      video: { widthPx: 1280, heightPx: 720, codec: 'h264', frameRate: { num: 24, den: 1 } },
      audio: { codec: 'aac', channels: 2, sampleRateHz: 48_000 },
    })
    expect(low.final).toMatchObject({
      outcome: 'succeeded',
      outputs: [
        { name: '360p', contentType: 'video/mp4', media: { widthPx: 640, heightPx: 360, frames: 120 } },
      ],
      usage: [{ meter: 'video.encode.sd', quantity: 5000, unit: 'ms', billable: true }],
    })
    expect(high.final?.usage).toMatchObject([{ meter: 'video.encode.hd', quantity: 5000 }])
    expect(sound.final?.usage).toMatchObject([{ meter: 'audio.encode', quantity: 5000 }])
    expect(packaged.final?.usage).toMatchObject([{ meter: 'video.package', quantity: 5000 }])
    expect(poster.outputs).toMatchObject([
      { name: 'poster.jpg', contentType: 'image/jpeg', media: { widthPx: 640, heightPx: 360 } },
    ])
    expect(packaged.outputs.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'master.m3u8',
        'manifest.mpd',
        '720p.m3u8',
        '720p-init.mp4',
        'audio-00001.m4s',
      ]),
    )
    const master = packaged.outputs.find(({ name }) => name === 'master.m3u8')
    expect(await azurite.blobs('renditions').readText(master!.blob)).toContain('RESOLUTION=1280x720')
    const percents = high.own.flatMap(({ progress }) =>
      progress?.phase === 'encoding' ? [progress.percent] : [],
    )
    expect(percents.length).toBeGreaterThan(2)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  })

  it('makes the same task once: the second answer names the same files and bills nothing', async () => {
    const source = await upload(clip, 'video/mp4')
    const [first, second] = [await run('audio.encode', {}, [source]), await run('audio.encode', {}, [source])]

    expect(second.final?.contentKey).toBe(first.final?.contentKey)
    expect(second.outputs).toEqual(first.outputs)
    expect(second.final?.usage).toMatchObject([{ meter: 'audio.encode', billable: false }])
  })

  it('fails typed for what is no media, and for a package without tracks', async () => {
    writeFileSync(join(folder, 'letter.mp4'), 'Dear film,\n'.repeat(50))
    const letter = await upload(join(folder, 'letter.mp4'), 'video/mp4')

    const refused = await run('video.probe', {}, [letter])
    const empty = await run('video.package', {}, [letter])
    const wrong = await run('video.encode', { name: 'x' }, [letter])

    expect(refused.final).toMatchObject({
      outcome: 'failed',
      error: { code: 'SOURCE_TYPE_UNSUPPORTED', category: 'input', retry: false },
    })
    expect(empty.final?.error?.code).toBe('PARAMETERS_INVALID')
    expect(wrong.final?.error?.code).toBe('PARAMETERS_INVALID')
  })
})
