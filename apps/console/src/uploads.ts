import { computed, signal } from '@preact/signals'
import { isApiProblem, uploadFile } from '@zoetrope/client'
import { toErrorBody } from '@zoetrope/contracts'

import { assets } from './library.ts'
import { lookNow } from './look-now.ts'
import { client } from './session.ts'

/** A file on its way from this page. */
export interface OpenUpload {
  readonly id: number
  readonly filename: string
  readonly percent: number
  readonly state: 'sending' | 'sent' | 'failed'
  readonly assetId?: string
  readonly error?: string
}

const parallelUploads = 3
const all = signal<readonly OpenUpload[]>([])
const waiting: { readonly id: number; readonly file: File }[] = []
let running = 0
let lastId = 0

/** Uploads to show: those under way, those that failed, and those that are not an asset yet. */
export const openUploads = computed(() =>
  all.value.filter(
    ({ assetId, state }) => state !== 'sent' || !(assets.value ?? []).some(({ id }) => id === assetId),
  ),
)
/** Says whether a file is under way or about to become an asset. */
export const hasOpenUploads = computed(() => openUploads.value.some(({ state }) => state !== 'failed'))

/** Uploads files, a few at a time. */
export function addFiles(files: Iterable<File>): void {
  for (const file of files) {
    lastId += 1
    all.value = [...all.value, { id: lastId, filename: file.name, percent: 0, state: 'sending' }]
    waiting.push({ id: lastId, file })
  }
  lookNow()
  while (running < parallelUploads && waiting.length > 0) void sendWaiting()
}

/** Takes a failed upload off the list. */
export function dismissUpload(id: number): void {
  all.value = all.value.filter((upload) => upload.id !== id)
}

async function sendWaiting(): Promise<void> {
  running += 1
  for (let entry = waiting.shift(); entry; entry = waiting.shift()) await send(entry.id, entry.file)
  running -= 1
}

async function send(id: number, file: File): Promise<void> {
  const update = (change: Partial<OpenUpload>): void => {
    all.value = all.value.map((upload) => (upload.id === id ? { ...upload, ...change } : upload))
  }
  const api = client.value
  if (!api) return
  try {
    const { assetId } = await uploadFile(
      api,
      { blob: file, filename: file.name },
      { onProgress: (sent, total) => update({ percent: total === 0 ? 100 : (sent / total) * 100 }) },
    )
    update({ state: 'sent', percent: 100, assetId })
    lookNow()
  } catch (error) {
    const { title, detail } = isApiProblem(error) ? error.problem : toErrorBody(error)
    update({ state: 'failed', error: detail ?? title })
  }
}
