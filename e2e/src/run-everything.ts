import { openAsBlob } from 'node:fs'
import { join, resolve } from 'node:path'

import type { ZoetropeClient } from '@zoetrope/client'
import { createClient, uploadFile, waitForAsset, waitForJob } from '@zoetrope/client'
import type { AssetBody, JobBody, UploadBody } from '@zoetrope/contracts'
import { mintId, sha256Hex } from '@zoetrope/contracts'
import type { RunningLocalStack } from '@zoetrope/local'

import { drawTone } from './draw-tone.ts'
import type { OperatorClients } from './operator-clients.ts'
import { connectAsOperator } from './operator-clients.ts'
import { poisonEveryQueue } from './poison-every-queue.ts'
import { breakOffForm, sendForm } from './send-form.ts'
import { until } from './until.ts'

const demo = resolve(import.meta.dirname, '..', '..', 'examples', 'demo')
const patienceMs = 120_000
/** More than one request holds: the client uploads it in blocks. */
const paddedBytes = 9 * 1024 * 1024
const toneSeconds = 340
/** As short as the encoder cuts: so many segments that their list does not fit into a message. */
const segmentSeconds = 2

/** Settings with which everything happens within seconds. */
export const quickSettings = {
  ZOETROPE_SWEEP_SCHEDULE: '* * * * * *',
  ZOETROPE_INGEST_GRACE_MS: '1000',
  ZOETROPE_UPLOAD_TTL_SECONDS: '15',
  ZOETROPE_HEARTBEAT_MS: '1000',
}

/** A stack under way, and who works with it. */
interface Stage {
  readonly stack: RunningLocalStack
  readonly client: ZoetropeClient
  readonly operator: OperatorClients
}

/** Has the apps of a stack do everything that they can, through public doors. Where the list of what they do must be whole, it is made whole here. */
export async function runEverything(stack: RunningLocalStack, recordFile: string): Promise<void> {
  const client = createClient({ apiUrl: stack.urls['api'] ?? '', key: stack.key })
  const stage: Stage = { stack, client, operator: connectAsOperator(stack.dataDirectory) }
  await Promise.all([
    livePhoto(stage, recordFile),
    liveSound(stage),
    cancelFilm(stage),
    cancelUpload(stage),
    dropFile(stage),
    browse(stage),
  ])
}

/** Uploaded in blocks, shown, labelled, processed again (from what is there already), deleted; by the way, its messages go bad. */
async function livePhoto(stage: Stage, recordFile: string): Promise<void> {
  const { client, stack, operator } = stage
  const photo = await openAsBlob(join(demo, 'photo.jpg'))
  const blob = new Blob([photo, new Uint8Array(paddedBytes)])
  const { assetId, uploadId } = await uploadFile(client, { blob, filename: 'photo.jpg' })
  const job = await processed(stage, assetId)
  const source = `${stack.tenantId}/${assetId}/${uploadId}`
  await Promise.all([
    poisonEveryQueue(operator, job, { tenantId: stack.tenantId, blob: source, recordFile }),
    showAndLabel(stage, assetId).then(async () => ended(stage, await client.createJob({ assetId }))),
  ])
  await client.deleteAsset(assetId)
  await deleted(stage, assetId, source)
}

async function showAndLabel(stage: Stage, assetId: AssetBody['id']): Promise<void> {
  const { data } = await stage.client.listRenditions(assetId)
  const shown = data.find(({ kind }) => kind === 'image')
  await read(shown?.url ?? '', 'bytes=0-9', 206)
  const asset = await fetchApi(stage, `/v1/assets/${assetId}`, {})
  await fetchApi(stage, `/v1/assets/${assetId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'if-match': asset.headers.get('etag') ?? '' },
    body: JSON.stringify({ labels: { seen: 'yes' } }),
  })
}

/** Sent in a form, at the second try; played; processed again, with a workflow of the tenant's own; deleted. */
async function liveSound(stage: Stage): Promise<void> {
  const { client, stack, operator } = stage
  const { id, assetId } = await sendSound(stage)
  await processed(stage, assetId)
  const workflowId = await writeWorkflow(stage)
  await ended(stage, await client.createJob({ assetId, workflowId }))
  const { playback } = await client.getAsset(assetId)
  await read(playback?.hlsUrl ?? '', undefined, 200)
  await client.listRenditionFiles(assetId, 'playback')
  await until(patienceMs, async () => ((await client.getUsage()).data.length > 0 ? true : undefined))
  await copied(operator, 'active', playback?.id ?? '')
  await client.deleteAsset(assetId)
  await deleted(stage, assetId, `${stack.tenantId}/${assetId}/${id}`)
  await copied(operator, 'deleted', playback?.id ?? '')
}

/** Sends a sound in a form: a first try dies on the way, the second one finds that out. */
async function sendSound({ stack, operator }: Stage): Promise<UploadBody> {
  const idempotencyKey = crypto.randomUUID()
  const bytes = drawTone(toneSeconds)
  const upload = { apiUrl: stack.urls['api'] ?? '', key: stack.key, idempotencyKey, bytes }
  const record = operator.database
    .container('catalog')
    .item(`idem_${sha256Hex(idempotencyKey)}`, stack.tenantId)
  await breakOffForm(upload, () => until(patienceMs, async () => (await record.read()).resource))
  return (await sendForm(upload)) as UploadBody
}

/** A film whose job is canceled while it runs. */
async function cancelFilm(stage: Stage): Promise<void> {
  const { client } = stage
  const blob = await openAsBlob(join(demo, 'clip.mp4'))
  const { assetId } = await uploadFile(client, { blob, filename: 'clip.mp4' })
  const { jobId } = await waitForAsset(client, assetId, { timeoutMs: patienceMs, intervalMs: 250 })
  await until(patienceMs, async () => ((await client.getJob(jobId)).state === 'running' ? true : undefined))
  await client.cancelJob(jobId)
  await waitForJob(client, jobId, { timeoutMs: patienceMs })
}

/** An upload that is canceled, and whose URL is written to all the same. */
async function cancelUpload({ client, operator, stack }: Stage): Promise<void> {
  const { id, assetId, upload } = await client.createUpload({ sizeBytes: 4, filename: 'late.jpg' })
  await client.getUpload(id)
  await client.cancelUpload(id)
  await fetch(upload?.url ?? '', { method: 'PUT', headers: upload?.headers ?? {}, body: 'late' })
  await gone(operator, `${stack.tenantId}/${assetId}/${id}`)
}

/** A file that a tool copies into the container, which raises no event here: the sweep finds it. */
async function dropFile(stage: Stage): Promise<void> {
  const { operator, stack } = stage
  const photo = await openAsBlob(join(demo, 'photo.jpg'))
  const from = operator.blobs.getContainerClient('work').getBlockBlobClient('dropped.jpg')
  await from.uploadData(await new Blob([photo, 'dropped']).arrayBuffer())
  const to = operator.blobs.getContainerClient('uploads').getBlobClient(`${stack.tenantId}/dropped.jpg`)
  await (await to.beginCopyFromURL(from.url)).pollUntilDone()
  const dropped = await until(patienceMs, async () => {
    const { data } = await stage.client.listAssets({ limit: 100 })
    return data.find(({ filename }) => filename === 'dropped.jpg')
  })
  await processed(stage, dropped.id)
}

/** Every list. */
async function browse({ client }: Stage): Promise<void> {
  await client.listAssets({ limit: 10 })
  await client.listJobs({ limit: 10 })
  await client.listWorkflows()
}

async function processed({ client }: Stage, assetId: AssetBody['id']): Promise<JobBody> {
  const { jobId } = await waitForAsset(client, assetId, { timeoutMs: patienceMs, intervalMs: 250 })
  return ended({ client }, { id: jobId })
}

async function ended({ client }: Pick<Stage, 'client'>, { id }: Pick<JobBody, 'id'>): Promise<JobBody> {
  const job = await waitForJob(client, id, { timeoutMs: patienceMs, intervalMs: 250 })
  if (job.state !== 'succeeded') throw new Error(`Job ${id} ${job.state}: ${JSON.stringify(job.error)}`)
  return job
}

/** A workflow of the tenant's own, as an operator adds it. */
async function writeWorkflow({ operator, stack }: Stage): Promise<string> {
  const workflowId = mintId('wfl')
  const now = new Date().toISOString()
  const step = { optional: false, parameters: {} }
  await operator.database.container('catalog').items.create({
    id: `${workflowId}.1`,
    kind: 'workflowVersion',
    schemaVersion: 1,
    tenantId: stack.tenantId,
    createdAt: now,
    updatedAt: now,
    workflowId,
    version: 1,
    name: 'Many segments',
    definition: {
      mediaTypes: ['audio'],
      steps: [
        { ...step, id: 'probe', operation: 'video.probe', needs: [] },
        { ...step, id: 'audio', operation: 'audio.encode', needs: ['probe'] },
        {
          ...step,
          id: 'package',
          operation: 'video.package',
          needs: ['audio'],
          parameters: { segmentSeconds },
        },
      ],
    },
  })
  return workflowId
}

async function fetchApi({ stack }: Stage, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${stack.key}`)
  const response = await fetch(`${stack.urls['api']}${path}`, { ...init, headers })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

async function read(url: string, range: string | undefined, status: number): Promise<void> {
  const response = await fetch(url, range ? { headers: { range } } : {})
  await response.arrayBuffer()
  if (response.status !== status) throw new Error(`${url} answered ${response.status}, not ${status}`)
}

/** Waits until a deletion is at its end: the source is gone, and the asset is a tombstone. */
async function deleted({ operator, stack }: Stage, assetId: string, source: string): Promise<void> {
  await gone(operator, source)
  const asset = operator.database.container('library').item(assetId, [stack.tenantId, assetId])
  await until(patienceMs, async () => {
    const { resource } = await asset.read<{ state: string }>()
    return resource?.state === 'deleted' ? true : undefined
  })
}

async function gone({ blobs }: OperatorClients, name: string): Promise<void> {
  const blob = blobs.getContainerClient('uploads').getBlobClient(name)
  await until(patienceMs, async () => ((await blob.exists()) ? undefined : true))
}

/** Waits until the backup knows a playback id in this state. */
async function copied({ replica }: OperatorClients, state: string, id: string): Promise<void> {
  await until(patienceMs, async () => {
    const { resource } = await replica.container('playback').item(id, [id]).read<{ state: string }>()
    return resource?.state === state ? true : undefined
  })
}
