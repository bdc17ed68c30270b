import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { z } from 'zod'

import { pause } from './azure-request.ts'
import { makeUnique } from './unique-photo.ts'

/** Where a deployment is, and with which key it is tried. */
export interface SmokeTarget {
  readonly apiUrl: string
  /** Where images are to come from; whatever the API names where it is not given. */
  readonly deliveryUrl?: string
  /** Addresses whose `/health` has to answer 200. */
  readonly healthUrls: readonly string[]
  readonly key: string
  /** All of it may take this long, ms. */
  readonly timeoutMs: number
}

/** Says how each step went, as it ends. */
export type Say = (text: string) => void

const root = resolve(import.meta.dirname, '..', '..', '..')
const photoFile = join(root, 'examples', 'demo', 'photo.jpg')
const pollMs = 500

const Processed = z.object({
  files: z.array(
    z.object({
      assetId: z.string().optional(),
      jobId: z.string().optional(),
      state: z.string(),
      error: z.object({ code: z.string(), title: z.string(), detail: z.string().optional() }).optional(),
      renditions: z.array(z.object({ name: z.string(), kind: z.string(), url: z.string().nullish() })),
    }),
  ),
})
type ProcessedFile = z.infer<typeof Processed>['files'][number]
const Usage = z.object({ total: z.object({ amountNano: z.number(), currency: z.string() }) })

/**
 * Tries a deployment through its public doors: health of every app, a photo from upload to image, what it cost; then deletes it.
 *
 * @throws Error naming the step that failed and why
 */
export async function smokeTest(target: SmokeTarget, say: Say): Promise<void> {
  const signal = AbortSignal.timeout(target.timeoutMs)
  const step = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const startedAtMs = Date.now()
    try {
      const result = await run()
      say(`ok    ${name} (${((Date.now() - startedAtMs) / 1000).toFixed(1)} s)`)
      return result
    } catch (cause) {
      const isLate = signal.aborted ? `, not done ${target.timeoutMs / 1000} s after the start` : ''
      throw new Error(`Smoke test: ${name}${isLate}`, { cause })
    }
  }
  for (const url of target.healthUrls) {
    await step(`${url}/health`, () => until(signal, () => expectHealthy(url, signal)))
  }
  const file = await step('a photo becomes a job that succeeds', () => processPhoto(target, signal))
  const images = file.renditions.filter(({ kind, url }) => kind === 'image' && url)
  await step(`${images.length} images are served`, () => fetchImages(images, target, signal))
  await step('usage tells what it cost', () => until(signal, () => readCost(file, target, signal)))
  await step('the photo is deleted', () => deleteAsset(file, target, signal))
}

async function expectHealthy(url: string, signal: AbortSignal): Promise<true> {
  const response = await fetch(`${url}/health`, { signal })
  const text = await response.text()
  if (!response.ok) throw new Error(`It answered ${response.status}: ${text.slice(0, 300)}`)
  return true
}

/** Uploads as any client does, with the command line of the product. */
async function processPhoto(target: SmokeTarget, signal: AbortSignal): Promise<ProcessedFile> {
  const folder = await mkdtemp(join(tmpdir(), 'zoetrope-smoke-'))
  try {
    const photo = join(folder, 'smoke-test.jpg')
    const keyFile = join(folder, 'key.json')
    await writeFile(photo, makeUnique(await readFile(photoFile)))
    await writeFile(keyFile, JSON.stringify({ key: target.key }), { mode: 0o600 })
    const args = ['process', photo, '--json', '--api', target.apiUrl, '--key-file', keyFile]
    const { stdout, stderr } = await runClient(args, signal)
    const [file] = parseProcessed(stdout, stderr).files
    if (file?.state !== 'succeeded') {
      const { code = 'unknown', title = '', detail = '' } = file?.error ?? {}
      throw new Error(`The job ${file?.jobId ?? ''} ended as ${file?.state}: ${code} ${title} ${detail}`)
    }
    return file
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function parseProcessed(stdout: string, stderr: string): z.infer<typeof Processed> {
  try {
    return Processed.parse(JSON.parse(stdout))
  } catch (cause) {
    throw new Error(`The client said: ${(stderr || stdout).slice(0, 1000)}`, { cause })
  }
}

async function runClient(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'libs', 'client', 'src', 'cli.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await new Promise<void>((done, reject) => {
    child.once('error', reject)
    child.once('close', () => done())
  })
  return { stdout, stderr }
}

async function fetchImages(
  images: ProcessedFile['renditions'],
  { deliveryUrl }: SmokeTarget,
  signal: AbortSignal,
): Promise<void> {
  if (images.length === 0) throw new Error('The job gave no image.')
  for (const { name, url } of images) {
    if (deliveryUrl && new URL(url ?? '').origin !== new URL(deliveryUrl).origin) {
      throw new Error(`${name} is served by ${new URL(url ?? '').origin}, not by ${deliveryUrl}.`)
    }
    const response = await fetch(url ?? '', { signal })
    const bytes = await response.bytes()
    const type = response.headers.get('content-type') ?? 'no content type'
    if (!response.ok || !type.startsWith('image/') || bytes.byteLength === 0) {
      throw new Error(`${url} answered ${response.status}, ${type}, ${bytes.byteLength} bytes.`)
    }
  }
}

async function readCost(
  { jobId = '' }: ProcessedFile,
  target: SmokeTarget,
  signal: AbortSignal,
): Promise<number | undefined> {
  const response = await request(target, `/v1/usage?jobId=${jobId}`, { signal })
  const { amountNano } = Usage.parse(await response.json()).total
  return amountNano > 0 ? amountNano : undefined
}

async function deleteAsset(
  { assetId = '' }: ProcessedFile,
  target: SmokeTarget,
  signal: AbortSignal,
): Promise<void> {
  await request(target, `/v1/assets/${assetId}`, { method: 'DELETE', signal })
}

async function request({ apiUrl, key }: SmokeTarget, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(`${apiUrl}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } })
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  return response
}

/** Looks until there is an answer; the last fault is told when the time is up. */
async function until<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T> {
  let last: unknown = new Error('There was no answer.')
  while (!signal.aborted) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      if (!signal.aborted) last = error
    }
    await pause(pollMs)
  }
  throw last
}
