import type { AssetId, JobId, MediaType, TenantId } from '@zoetrope/contracts'
import {
  AssetDocument,
  EventDocument,
  JobDocument,
  mintId,
  PlaybackDocument,
  RenditionDocument,
  TaskDocument,
  UsageRecordDocument,
} from '@zoetrope/contracts'
import { defaultWorkflowFor, isJobEnded } from '@zoetrope/domain'
import { newDocument } from '@zoetrope/store'
import { until } from '@zoetrope/test-kit'

import type { RunningSystem } from './running-system.ts'

/**
 * Prices of the demo price book, in nano-dollars, rounded half-up per record.
 * Photo, 4000 x 3000: probe 10 000; variants 320x240 + 800x600 + 2 * 1600x1200 = 4 396 800 pixels at 20 000 per million = 87 936;
 * placeholder 5 000. Together 102 936.
 */
export const photoNano = 102_936
/**
 * Film, 1280 x 720, 60 500 ms: probe 10 000; poster 0; audio 60 500 * 500 000 / 60 000 = 504 166.67 -> 504 167;
 * 360p 60 500 * 4 000 000 / 60 000 = 4 033 333.33 -> 4 033 333; 720p 60 500 * 8 000 000 / 60 000 = 8 066 666.67 -> 8 066 667;
 * package 60 500 * 200 000 / 60 000 = 201 666.67 -> 201 667. Together 12 815 834.
 */
export const filmNano = 12_815_834

/** A job with its asset, as ingest leaves them, and what a test wants to know of them. */
export class TestJob {
  readonly tenantId: TenantId
  readonly jobId: JobId = mintId('job')
  readonly assetId: AssetId
  readonly #system: RunningSystem

  private constructor(system: RunningSystem, earlier: TestJob | undefined) {
    this.#system = system
    this.tenantId = earlier?.tenantId ?? mintId('ten')
    this.assetId = earlier?.assetId ?? mintId('ast')
  }

  /** Writes asset and job, or another job for the asset of an earlier one; starting it is another matter. */
  static async create(system: RunningSystem, mediaType: MediaType, earlier?: TestJob): Promise<TestJob> {
    const made = new TestJob(system, earlier)
    const { tenantId, jobId, assetId } = made
    const now = new Date()
    const { workflowId, version } = defaultWorkflowFor(mediaType)!
    const contentType = mediaType === 'image' ? 'image/jpeg' : 'video/mp4'
    const blob = `${tenantId}/${assetId}/upload`
    const source = { container: 'uploads', blob, etag: '"1"', sizeBytes: 5000, contentType }
    const common = { ...newDocument(now), tenantId, jobId, assetId, mediaType, source }
    const asset: AssetDocument = {
      ...common,
      id: assetId,
      kind: 'asset',
      state: 'pending',
      readyToPlay: false,
      labels: {},
    }
    const job: JobDocument = {
      ...common,
      id: jobId,
      kind: 'job',
      workflow: { workflowId, version },
      state: 'queued',
      run: 1,
      startDueAt: now.toISOString(),
    }
    await system.store.library.create([tenantId, assetId], asset)
    await system.store.jobs.create([tenantId, jobId], job)
    return made
  }

  /** Writes asset and job, and puts the job on the queue. */
  static async start(system: RunningSystem, mediaType: MediaType): Promise<TestJob> {
    const made = await TestJob.create(system, mediaType)
    await made.enqueue()
    return made
  }

  async enqueue(): Promise<void> {
    const { tenantId, jobId } = this
    await this.#system.azurite.queue.send('job-starts', { tenantId, jobId, run: 1 })
  }

  async command(command: string): Promise<void> {
    const { tenantId, jobId } = this
    const commandId = mintId('evt')
    await this.#system.azurite.queue.send('job-commands', { commandId, command, tenantId, jobId, run: 1 })
  }

  async read(): Promise<JobDocument> {
    const { store } = this.#system
    return (await store.jobs.read(JobDocument, [this.tenantId, this.jobId], this.jobId))!
  }

  async isEnded(): Promise<boolean> {
    return isJobEnded((await this.read()).state)
  }

  async end(): Promise<JobDocument> {
    await until(() => this.isEnded(), { what: `the end of ${this.jobId}; log: ${this.#system.log}` })
    return this.read()
  }

  async asset(): Promise<AssetDocument> {
    const { store } = this.#system
    return (await store.library.read(AssetDocument, [this.tenantId, this.assetId], this.assetId))!
  }

  async writeAsset(change: Partial<AssetDocument>): Promise<void> {
    const document = { ...(await this.asset()), ...change } as AssetDocument
    await this.#system.store.library.replace([this.tenantId, this.assetId], document)
  }

  async tasks(): Promise<TaskDocument[]> {
    const tasks = await this.#system.store.jobs.query(TaskDocument, [this.tenantId, this.jobId], {
      text: `SELECT * FROM c WHERE c.kind = 'task'`,
    })
    return tasks.toSorted((a, b) => a.order - b.order)
  }

  async task(name: string): Promise<TaskDocument | undefined> {
    return (await this.tasks()).find((task) => task.name === name)
  }

  async usage(): Promise<UsageRecordDocument[]> {
    return this.#system.store.jobs.query(UsageRecordDocument, [this.tenantId, this.jobId], {
      text: `SELECT * FROM c WHERE c.kind = 'usage'`,
    })
  }

  /** Types of the job's events, with repeats. */
  async events(type: string): Promise<EventDocument[]> {
    const text = `SELECT * FROM c WHERE c.kind = 'event' AND c.type = @type`
    const parameters = { type }
    const inJobs = this.#system.store.jobs.query(EventDocument, [this.tenantId, this.jobId], {
      text,
      parameters,
    })
    const inLibrary = this.#system.store.library.query(EventDocument, [this.tenantId, this.assetId], {
      text,
      parameters,
    })
    return [...(await inJobs), ...(await inLibrary)]
  }

  async renditions(): Promise<RenditionDocument[]> {
    const renditions = await this.#system.store.library.query(
      RenditionDocument,
      [this.tenantId, this.assetId],
      { text: `SELECT * FROM c WHERE c.kind = 'rendition'` },
    )
    return renditions.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async playback(): Promise<PlaybackDocument | undefined> {
    const { playbackId } = await this.asset()
    if (!playbackId) return undefined
    return this.#system.store.playback.read(PlaybackDocument, [playbackId], playbackId)
  }
}
