import type {
  AssetState,
  CreateJobBody,
  CreateUploadBody,
  JobState,
  MediaType,
  Page,
} from '@zoetrope/contracts'
import {
  AssetBody,
  JobBody,
  RenditionBody,
  RenditionFileBody,
  UploadBody,
  UsageBody,
  WorkflowBody,
} from '@zoetrope/contracts'
import { z } from 'zod'

import type { ClientOptions } from './http-request.ts'
import { createSendRequest } from './http-request.ts'

interface ListOptions {
  readonly limit?: number
  readonly cursor?: string
  readonly signal?: AbortSignal
}
interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** What creates an upload; `labels` may be left out. */
export type NewUpload = Omit<CreateUploadBody, 'labels'> & { readonly labels?: Record<string, string> }

/** The HTTP API, typed. Every method rejects with {@link ApiProblem} where the API does not answer with success. */
export interface ZoetropeClient {
  createUpload(body: NewUpload, options?: CallOptions & { idempotencyKey?: string }): Promise<UploadBody>
  getUpload(id: string, options?: CallOptions): Promise<UploadBody>
  cancelUpload(id: string, options?: CallOptions): Promise<void>
  listAssets(options?: ListOptions & { state?: AssetState; mediaType?: MediaType }): Promise<Page<AssetBody>>
  getAsset(id: string, options?: CallOptions): Promise<AssetBody>
  deleteAsset(id: string, options?: CallOptions): Promise<void>
  listRenditions(assetId: string, options?: ListOptions): Promise<Page<RenditionBody>>
  listRenditionFiles(assetId: string, name: string, options?: ListOptions): Promise<Page<RenditionFileBody>>
  createJob(body: CreateJobBody, options?: CallOptions): Promise<JobBody>
  listJobs(options?: ListOptions & { state?: JobState; assetId?: string }): Promise<Page<JobBody>>
  /** With its tasks. */
  getJob(id: string, options?: CallOptions): Promise<JobBody>
  cancelJob(id: string, options?: CallOptions): Promise<void>
  listWorkflows(options?: ListOptions): Promise<Page<WorkflowBody>>
  getUsage(options?: CallOptions & { from?: string; to?: string; jobId?: string }): Promise<UsageBody>
}

const anything = z.unknown()

/** Makes a client of the API at this address, with this key. */
export function createClient(options: ClientOptions): ZoetropeClient {
  const send = createSendRequest(options)
  const list = async <T>(path: string, schema: z.ZodType<T>, options: ListOptions = {}): Promise<Page<T>> => {
    const { signal, ...query } = options
    const page = await send({ path, query, signal }, pageOf(schema))
    return { data: page.data, ...(page.nextCursor ? { nextCursor: page.nextCursor } : {}) }
  }
  const get = <T>(path: string, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> =>
    send({ path, signal: options.signal }, schema)
  const remove = async (path: string, options: CallOptions = {}): Promise<void> => {
    await send({ method: 'DELETE', path, signal: options.signal }, anything)
  }
  const id = encodeURIComponent

  return {
    createUpload: (body, options = {}) =>
      send(
        {
          method: 'POST',
          path: '/v1/uploads',
          body,
          headers: { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() },
          signal: options.signal,
        },
        UploadBody,
      ),
    getUpload: (uploadId, options) => get(`/v1/uploads/${id(uploadId)}`, UploadBody, options),
    cancelUpload: (uploadId, options) => remove(`/v1/uploads/${id(uploadId)}`, options),
    listAssets: (options) => list('/v1/assets', AssetBody, options),
    getAsset: (assetId, options) => get(`/v1/assets/${id(assetId)}`, AssetBody, options),
    deleteAsset: (assetId, options) => remove(`/v1/assets/${id(assetId)}`, options),
    listRenditions: (assetId, options) =>
      list(`/v1/assets/${id(assetId)}/renditions`, RenditionBody, options),
    listRenditionFiles: (assetId, name, options) =>
      list(`/v1/assets/${id(assetId)}/renditions/${id(name)}/files`, RenditionFileBody, options),
    createJob: (body, options = {}) =>
      send(
        {
          method: 'POST',
          path: '/v1/jobs',
          body,
          headers: { 'idempotency-key': crypto.randomUUID() },
          signal: options.signal,
        },
        JobBody,
      ),
    listJobs: (options) => list('/v1/jobs', JobBody, options),
    getJob: (jobId, options) => get(`/v1/jobs/${id(jobId)}`, JobBody, options),
    cancelJob: async (jobId, options = {}) => {
      await send({ method: 'POST', path: `/v1/jobs/${id(jobId)}/cancel`, signal: options.signal }, anything)
    },
    listWorkflows: (options) => list('/v1/workflows', WorkflowBody, options),
    getUsage: ({ signal, ...query } = {}) => send({ path: '/v1/usage', query, signal }, UsageBody),
  }
}

/** Reads a list to its end, page by page. */
export async function collectPages<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    all.push(...page.data)
    cursor = page.nextCursor
  } while (cursor)
  return all
}

function pageOf<T>(schema: z.ZodType<T>): z.ZodType<{ data: T[]; nextCursor?: string | null | undefined }> {
  return z.object({ data: z.array(schema), nextCursor: z.string().nullish() })
}
