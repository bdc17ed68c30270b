import type { JobDocument, RenditionDocument, TaskDocument, TaskOutput } from '@zoetrope/contracts'
import {
  deriveId,
  err,
  operationParameters,
  RenditionManifest,
  traitsOf,
  toErrorBody,
} from '@zoetrope/contracts'
import { newDocument } from '@zoetrope/store'

import type { Deps } from './wiring.ts'

const masterPlaylist = 'master.m3u8'
const posterName = 'poster.jpg'

/** The renditions of a run's tasks: what they made, or that and why they could not. */
export async function renditionsOf(
  deps: Deps,
  job: JobDocument,
  tasks: readonly TaskDocument[],
): Promise<RenditionDocument[]> {
  const perTask = tasks.map(async (task): Promise<RenditionDocument[]> => {
    const renditionKind = traitsOf(task.operation)?.rendition
    if (!renditionKind) return []
    const build = (name: string, more: Partial<RenditionDocument>): RenditionDocument => ({
      ...newDocument(deps.now()),
      id: deriveId('rnd', job.assetId, name),
      kind: 'rendition',
      tenantId: job.tenantId,
      assetId: job.assetId,
      jobId: job.jobId,
      run: job.run,
      taskId: task.id as RenditionDocument['taskId'],
      name,
      renditionKind,
      state: 'ready',
      ...(task.contentKey ? { contentKey: task.contentKey } : {}),
      ...more,
    })
    if (task.state === 'succeeded') return ready(deps, task, build)
    // An earlier run's rendition stays when this run did not come to it.
    if (task.state !== 'failed') return []
    const failure = { state: 'failed' as const, ...(task.error ? { error: task.error } : {}) }
    return wantedNames(task).map((name) => build(name, failure))
  })
  return (await Promise.all(perTask)).flat()
}

/** The names under which the renditions of a task stand when it succeeds: a failure stands under the same, so that the next run replaces it. */
function wantedNames(task: TaskDocument): readonly string[] {
  switch (task.operation) {
    case 'image.variants':
      return variantsOf(task).map(({ name }) => name)
    case 'image.placeholder':
      return ['placeholder']
    case 'video.poster':
      return [posterName]
    case 'video.package':
      return ['playback']
    default:
      return []
  }
}

function variantsOf(task: TaskDocument): readonly { readonly name: string }[] {
  const parsed = operationParameters['image.variants'].safeParse(task.parameters)
  return parsed.success ? parsed.data.variants : [{ name: task.name }]
}

type Build = (name: string, more: Partial<RenditionDocument>) => RenditionDocument

async function ready(deps: Deps, task: TaskDocument, build: Build): Promise<RenditionDocument[]> {
  if (task.operation === 'video.package') return [await toPackage(deps, task, build)]
  if (task.operation === 'image.placeholder') {
    const media = task.media ?? task.outputs[0]?.media
    return [build('placeholder', media ? { media } : {})]
  }
  return task.outputs.map((output) => build(output.name, fileOf(output)))
}

async function toPackage(deps: Deps, task: TaskDocument, build: Build): Promise<RenditionDocument> {
  const outputs = await outputsOf(deps, task)
  const master = outputs.find((output) => output.name === masterPlaylist) ?? outputs[0]
  if (!master)
    return build('playback', {
      state: 'failed',
      error: toErrorBody(err('INTERNAL', { detail: 'The package lists no files.' })),
    })
  return build('playback', {
    ...fileOf(master),
    prefix: master.blob.slice(0, master.blob.lastIndexOf('/')),
    ...(task.contentKey ? { manifestBlob: `${task.tenantId}/${task.contentKey}/manifest.json` } : {}),
    sizeBytes: outputs.reduce((sum, output) => sum + output.sizeBytes, 0),
    fileCount: outputs.length,
    ...(task.media ? { media: task.media } : {}),
  })
}

/** All outputs of a task: from its document, or from the manifest where the list was too long for a message. */
async function outputsOf(deps: Deps, task: TaskDocument): Promise<readonly TaskOutput[]> {
  if (!task.manifest) return task.outputs
  const text = await deps.renditions.readText(task.manifest.blob)
  return text === undefined ? [] : RenditionManifest.parse(JSON.parse(text)).outputs
}

function fileOf(output: TaskOutput): Partial<RenditionDocument> {
  const { blob, contentType, sizeBytes, media } = output
  return { blob, contentType, sizeBytes, fileCount: 1, media }
}
