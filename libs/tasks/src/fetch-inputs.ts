import { join } from 'node:path'

import type { TaskInput, TaskMessage } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

import type { BlobPort } from './blob-port.ts'
import type { ChildInput } from './child-protocol.ts'

/** How inputs are fetched. */
export interface FetchOptions {
  readonly blobs: (container: string) => BlobPort
  readonly folder: string
  readonly maxSourceBytes: number
  readonly signal: AbortSignal
}

/**
 * Downloads the inputs of a task into a folder, each pinned by its etag, hashing as the bytes pass.
 *
 * @throws SOURCE_CHANGED, SOURCE_MISSING, SOURCE_EMPTY, SOURCE_TOO_LARGE
 */
export async function fetchInputs(message: TaskMessage, options: FetchOptions): Promise<ChildInput[]> {
  for (const input of message.inputs) refuseBySize(input, options.maxSourceBytes)
  const fetched: ChildInput[] = []
  for (const [index, input] of message.inputs.entries()) {
    options.signal.throwIfAborted()
    const file = join(options.folder, `input-${index}`)
    fetched.push(await fetchInput(input, file, options.blobs(input.container)))
  }
  return fetched
}

function refuseBySize(input: TaskInput, maxSourceBytes: number): void {
  if (input.sizeBytes === 0) throw err('SOURCE_EMPTY')
  if (input.sizeBytes > maxSourceBytes) {
    throw err('SOURCE_TOO_LARGE', { detail: `${input.sizeBytes} bytes; ${maxSourceBytes} are allowed.` })
  }
}

async function fetchInput(input: TaskInput, file: string, blobs: BlobPort): Promise<ChildInput> {
  const answer = await blobs.download(input.blob, file, input.etag)
  if (typeof answer === 'string') {
    // Azurite answers 412, not 404, to If-Match on a blob that is gone.
    const isThere = answer === 'changed' && (await blobs.head(input.blob)) !== undefined
    throw err(isThere ? 'SOURCE_CHANGED' : 'SOURCE_MISSING', { context: { blob: input.blob } })
  }
  const isOther = input.fingerprint !== undefined && input.fingerprint !== answer.sha256
  if (isOther || answer.sizeBytes !== input.sizeBytes)
    throw err('SOURCE_CHANGED', { context: { blob: input.blob } })
  const { name, contentType, sizeBytes } = input
  return { name, file, contentType, sizeBytes, sha256: answer.sha256 }
}
