import type { TaskResult } from '@zoetrope/contracts'
import { sha256Hex, TaskMessage } from '@zoetrope/contracts'
import { until } from '@zoetrope/test-kit'

import type { RunningSystem } from './running-system.ts'

const queues = ['tasks-images', 'tasks-video'] as const

/** Length of the film that every video job of the tests is about. */
export const filmMs = 60_500

/** A worker in the hands of a test: takes messages of both task queues, and answers what the test says. */
export class FakeWorker {
  readonly #system: RunningSystem
  #waiting: TaskMessage[] = []

  constructor(system: RunningSystem) {
    this.#system = system
  }

  /** Waits for the next task of a job, of one operation. */
  async take(jobId: string, operation: string): Promise<TaskMessage> {
    return until(async () => (await this.takeAll(jobId, operation, 1))[0], {
      what: `${operation} of ${jobId}`,
    })
  }

  /** The tasks of a job that have been sent and not taken yet. */
  async takeAll(jobId: string, operation?: string, limit = 100): Promise<TaskMessage[]> {
    for (const queue of queues) {
      const bodies = await this.#system.azurite.takeMessages(queue)
      this.#waiting.push(...bodies.map((body) => TaskMessage.parse(body)))
    }
    const isMine = (message: TaskMessage): boolean =>
      message.jobId === jobId && (operation === undefined || message.operation === operation)
    const mine = this.#waiting.filter(isMine).slice(0, limit)
    this.#waiting = this.#waiting.filter((message) => !mine.includes(message))
    return mine
  }

  /** Waits for the next task of a job, whatever it is. */
  async takeAny(jobId: string): Promise<TaskMessage> {
    return until(async () => (await this.takeAll(jobId, undefined, 1))[0], { what: `any task of ${jobId}` })
  }

  /** Says something about a task on the results queue. */
  async say(
    message: TaskMessage,
    more: Partial<TaskResult> & Pick<TaskResult, 'outcome'>,
  ): Promise<TaskResult> {
    const result = resultOf(message, more)
    await this.#system.azurite.queue.send('task-results', result)
    return result
  }

  /** Does a task, and answers as a real worker does. */
  async succeed(message: TaskMessage): Promise<TaskResult> {
    return this.say(message, answerTo(message))
  }

  /** Does whatever comes of a job, until the condition holds. */
  async serve(jobId: string, isDone: () => Promise<boolean>): Promise<void> {
    await until(
      async () => {
        for (const message of await this.takeAll(jobId)) await this.succeed(message)
        return isDone()
      },
      { what: `the end of ${jobId}` },
    )
  }
}

/** The content key of what a task makes. */
export function contentKeyOf(message: TaskMessage): string {
  return sha256Hex(message.taskId)
}

/** What a worker that has done a task answers. */
export function answerTo(message: TaskMessage): TaskResult {
  return resultOf(message, { outcome: 'succeeded', contentKey: contentKeyOf(message), ...madeBy(message) })
}

function resultOf(message: TaskMessage, more: Partial<TaskResult> & Pick<TaskResult, 'outcome'>): TaskResult {
  const now = new Date().toISOString()
  const { contractVersion, taskId, attempt, jobId, run, tenantId } = message
  const ids = { contractVersion, taskId, attempt, jobId, run, tenantId }
  const ended = more.outcome === 'progress' ? {} : { endedAt: now }
  return { ...ids, outputs: [], usage: [], startedAt: now, ...ended, ...more }
}

function madeBy(message: TaskMessage): Partial<TaskResult> {
  const { operation, parameters } = message
  const file = (name: string, contentType: string, media = {}): TaskResult['outputs'][number] => ({
    name,
    blob: `${message.tenantId}/${contentKeyOf(message)}/x1/${name}`,
    contentType,
    sizeBytes: 1000,
    sha256: sha256Hex(name),
    media,
  })
  const timed = { durationMs: filmMs }
  const time = { quantity: filmMs, unit: 'ms', billable: true }
  switch (operation) {
    case 'image.probe': {
      const size = { widthPx: 4000, heightPx: 3000 }
      const facts = { fingerprint: 'f1', mediaType: 'image', video: { ...size, codec: 'jpeg' } }
      return { media: { format: 'jpeg', ...size }, facts, usage: [probed] }
    }
    case 'image.variants': {
      const variants = (parameters['variants'] as { name: string; widthPx: number; format: string }[]).map(
        ({ name, widthPx, format }) =>
          file(name, `image/${format}`, { widthPx, heightPx: (widthPx * 3) / 4 }),
      )
      const quantity = variants.reduce((sum, { media }) => sum + media.widthPx! * media.heightPx!, 0)
      return {
        outputs: variants,
        usage: [{ meter: 'image.pixels', quantity, unit: 'pixel', billable: true }],
      }
    }
    case 'image.placeholder':
      return {
        media: { thumbhash: 'abc', dominantColor: '#102030' },
        usage: [{ meter: 'image.placeholders', quantity: 1, unit: 'count', billable: true }],
      }
    case 'video.probe': {
      const video = { widthPx: 1280, heightPx: 720, codec: 'h264' }
      const audio = { codec: 'aac', channels: 2, sampleRateHz: 48_000 }
      const facts = { fingerprint: 'f2', mediaType: 'video', durationMs: filmMs, video, audio }
      return { media: { format: 'mp4', widthPx: 1280, heightPx: 720, ...timed }, facts, usage: [probed] }
    }
    case 'video.poster':
      return { outputs: [file('poster.jpg', 'image/jpeg')] }
    case 'audio.encode':
      return {
        outputs: [file('audio.mp4', 'audio/mp4', timed)],
        usage: [{ ...time, meter: 'audio.encode' }],
      }
    case 'video.encode': {
      const meter = Number(parameters['heightPx']) < 720 ? 'video.encode.sd' : 'video.encode.hd'
      return {
        outputs: [file(`${String(parameters['name'])}.mp4`, 'video/mp4', timed)],
        usage: [{ ...time, meter }],
      }
    }
    case 'video.package':
      return {
        media: timed,
        outputs: [
          file('manifest.mpd', 'application/dash+xml'),
          file('master.m3u8', 'application/vnd.apple.mpegurl'),
          file('v720/1.m4s', 'video/iso.segment'),
        ],
        usage: [{ ...time, meter: 'video.package' }],
      }
    default:
      throw new Error(`The fake worker cannot do ${operation}.`)
  }
}

const probed = { meter: 'media.probes', quantity: 1, unit: 'count', billable: true }
