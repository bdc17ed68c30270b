import { randomUUID } from 'node:crypto'

import type { RenditionManifest, TaskMessage, TaskUsage } from '@zoetrope/contracts'
import { err, taskContractVersion } from '@zoetrope/contracts'

import type { BlobPort } from './blob-port.ts'
import { contentKeyOf } from './content-key.ts'
import { fetchInputs } from './fetch-inputs.ts'
import type { Found } from './manifest-shelf.ts'
import { commitManifest, findManifest } from './manifest-shelf.ts'
import type { Operation } from './operation.ts'
import { openScratch } from './scratch.ts'
import { storeOutputs } from './store-outputs.ts'
import type { TaskRuntime } from './task-runtime.ts'

/** What a task came to: the manifest under its content key, its own or another's. */
export interface Executed {
  readonly manifest: RenditionManifest
  /** Folder of the content key. */
  readonly folder: string
  readonly usage: readonly TaskUsage[]
}

/** The doing of one task. */
export interface Execution {
  readonly message: TaskMessage
  readonly runtime: TaskRuntime
  readonly signal: AbortSignal
  /** How far the task is as a whole. */
  readonly report: (phase: string, percent: number) => void
}

/** Share of fetching inputs and of storing outputs in the percentage of a task. */
const edgePercent = 5

/** Executes a task, unless what it would make is there already. Never commits twice under one content key. */
export async function executeTask(execution: Execution): Promise<Executed> {
  const { message, runtime, signal } = execution
  const operation = runtime.operations.find(({ name }) => name === message.operation)
  if (!operation) throw err('OPERATION_UNKNOWN', { detail: `No worker here knows ${message.operation}.` })
  const parameters = operation.normalise(message.parameters)
  const contentKey = contentKeyOf(message.inputs, operation, parameters)
  const folder = [message.output.prefix.replace(/\/+$/, ''), contentKey].filter(Boolean).join('/')
  const blobs = runtime.blobs(message.output.container)
  const found = await findManifest(blobs, folder)
  if (found.state === 'whole') {
    const answer = await answerFrom(found, { blobs, folder, message })
    if (answer) return answer
  }
  signal.throwIfAborted()
  const made = await make({ execution, operation, parameters, blobs, folder, contentKey })
  const brokenEtag = found.state === 'broken' ? found.etag : undefined
  if ((await commitManifest(blobs, folder, made, brokenEtag)) === 'committed')
    return { manifest: made, folder, usage: made.usage }
  const winner = await findManifest(blobs, folder)
  const answer = winner.state === 'whole' ? await answerFrom(winner, { blobs, folder, message }) : undefined
  // The winner's manifest went or broke under our hands: the next attempt starts over.
  if (!answer) throw err('BLOBS_UNAVAILABLE', { detail: 'What another worker made is gone again.' })
  await Promise.allSettled(made.outputs.map(({ blob }) => blobs.remove(blob)))
  return answer
}

/** Answers with what is there. Another task's is touched, so that no sweep removes it now, and not billed again. */
async function answerFrom(
  found: Extract<Found, { state: 'whole' }>,
  at: { readonly blobs: BlobPort; readonly folder: string; readonly message: TaskMessage },
): Promise<Executed | undefined> {
  const { manifest, etag } = found
  if (manifest.taskId === at.message.taskId) return { manifest, folder: at.folder, usage: manifest.usage }
  if ((await at.blobs.touch(`${at.folder}/manifest.json`, etag)) === 'refused') {
    const again = await findManifest(at.blobs, at.folder)
    if (again.state !== 'whole') return undefined
  }
  const usage = manifest.usage.map((record) => ({ ...record, billable: false }))
  return { manifest, folder: at.folder, usage }
}

/** Fetches, runs, stores: everything but the commit. */
async function make(making: {
  readonly execution: Execution
  readonly operation: Operation
  readonly parameters: Record<string, unknown>
  readonly blobs: BlobPort
  readonly folder: string
  readonly contentKey: string
}): Promise<RenditionManifest> {
  const { operation, parameters, blobs, folder, contentKey } = making
  const { message, runtime, signal, report } = making.execution
  await using scratch = await openScratch(runtime.settings.scratchRoot)
  report('fetching', 0)
  const inputs = await fetchInputs(message, {
    blobs: runtime.blobs,
    folder: scratch.inputFolder,
    maxSourceBytes: runtime.settings.maxSourceBytes,
    signal,
  })
  report('processing', edgePercent)
  const result = await runtime.children.run(
    { operation: operation.name, parameters, inputs, outputFolder: scratch.outputFolder },
    {
      signal,
      onProgress: ({ phase, percent }) =>
        report(phase, edgePercent + (percent * (100 - 2 * edgePercent)) / 100),
    },
  )
  report('storing', 100 - edgePercent)
  const executionId = randomUUID()
  const outputs = await storeOutputs(blobs, result.outputs, scratch.outputFolder, {
    folder: `${folder}/${executionId}`,
    signal,
  })
  const outcome = { parameters, outputs, media: result.media, facts: result.facts }
  return {
    contractVersion: taskContractVersion,
    contentKey,
    executionId,
    taskId: message.taskId,
    operation: operation.name,
    operationVersion: operation.version,
    outputs,
    ...(result.media ? { media: result.media } : {}),
    ...(result.facts ? { facts: result.facts } : {}),
    usage: operation.usage(outcome).map((metered) => ({ ...metered, billable: true })),
    createdAt: new Date((runtime.now ?? Date.now)()).toISOString(),
  }
}
