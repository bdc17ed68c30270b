// `node tools/cost/src/measure-work.ts`: runs photos and a minute of video through a local stack, and writes `work.json`.
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'

import { startLocalStack } from '@zoetrope/local'

import type { BilledOperations } from './seen-operations.ts'
import { readBilledOperations } from './seen-operations.ts'
import type { WorkSample } from './work-sample.ts'

/** Figures of one app's functions, as its host tells them. */
interface AppFigures {
  readonly executions: number
  readonly seconds: number
  readonly durableActions: number
}

/** Everything that one run of a stack took. */
interface RunFigures {
  readonly apps: ReadonlyMap<string, AppFigures>
  readonly operations: BilledOperations
  readonly logBytes: number
  readonly storedBytes: number
}

const root = resolve(import.meta.dirname, '..', '..', '..')
const photoCount = 5
const videoSeconds = 60
/** A document with its index, on average. */
const documentBytes = 2500

const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-cost-'))
try {
  const photos = Array.from({ length: photoCount }, (_, index) => uniquePhoto(index))
  const film = join(scratch, 'film.mp4')
  await run([join(root, 'e2e/src/write-clip.ts'), film, String(videoSeconds)])
  const idle = await measure([])
  const photo = sampleOf('a photo of 3 megapixels', idle, await measure(photos), photoCount)
  const videoMinute = sampleOf('a minute of 720p', idle, await measure([film]), 1)
  const samples = {
    measuredOn: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    photo,
    videoMinute,
  }
  writeFileSync(join(import.meta.dirname, 'work.json'), `${JSON.stringify(samples, null, 2)}\n`)
  console.log(JSON.stringify(samples, null, 2))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** The demo photo with other bytes after its end: content that the product has never seen. */
function uniquePhoto(index: number): string {
  const file = join(scratch, `photo-${index}.jpg`)
  copyFileSync(join(root, 'examples/demo/photo.jpg'), file)
  appendFileSync(file, randomBytes(16))
  return file
}

/** Runs files through a stack of their own, one after the other. */
async function measure(files: readonly string[]): Promise<RunFigures> {
  const recordFile = join(scratch, 'operations.json')
  const dataDirectory = mkdtempSync(join(scratch, 'stack-'))
  const stack = await startLocalStack({ dataDirectory, recordFile })
  const cli = join(root, 'libs/client/src/cli.ts')
  const keyFile = join(dataDirectory, 'demo-key.json')
  let apps: RunFigures['apps']
  try {
    for (const file of files)
      await run([cli, 'process', file, '--api', stack.urls['api'] ?? '', '--key-file', keyFile])
    apps = await readFigures(stack.urls)
  } finally {
    await stack.close()
  }
  return {
    apps,
    operations: readBilledOperations(recordFile),
    logBytes: bytesUnder(join(dataDirectory, 'logs')),
    storedBytes: bytesUnder(dataDirectory, /blobstorage/),
  }
}

async function readFigures(urls: Readonly<Record<string, string>>): Promise<Map<string, AppFigures>> {
  const figures = new Map<string, AppFigures>()
  for (const [app, url] of Object.entries(urls)) {
    if (app === 'console') continue
    const response = await fetch(`${url}/admin/host/metrics`)
    if (!response.ok) throw new Error(`The host tells no metrics of ${app}: ${response.status}`)
    const { functions } = (await response.json()) as {
      functions: { name: string; trigger: string; invocations: number; totalMs: number }[]
    }
    // Clients that watch a job ask as often as they like, and health is asked for by the stack.
    const working = functions.filter(({ name }) => name !== 'jobs-get' && name !== 'health')
    const isDurable = (trigger: string): boolean => /orchestration|activity/i.test(trigger)
    const sum = (list: typeof working, amountOf: (one: (typeof working)[number]) => number): number =>
      list.reduce((total, one) => total + amountOf(one), 0)
    figures.set(app, {
      executions: sum(working, ({ invocations }) => invocations),
      seconds: sum(working, ({ totalMs }) => totalMs / 1000),
      durableActions: sum(
        working.filter(({ trigger }) => isDurable(trigger)),
        ({ invocations }) => invocations,
      ),
    })
  }
  return figures
}

/** What one of `count` equal pieces of work took: the run less a run without work. */
function sampleOf(what: string, idle: RunFigures, busy: RunFigures, count: number): WorkSample {
  const each = (amountOf: (run: RunFigures) => number): number =>
    Math.max(0, Number(((amountOf(busy) - amountOf(idle)) / count).toPrecision(3)))
  const ofApp = (name: string, amountOf: (app: AppFigures) => number): number =>
    each(({ apps }) => {
      const app = apps.get(name)
      return app ? amountOf(app) : 0
    })
  const apps = [...busy.apps.keys()].map((name) => {
    const figures = {
      executions: ofApp(name, (app) => app.executions),
      seconds: ofApp(name, (app) => app.seconds),
    }
    return [name, figures] as const
  })
  return {
    what,
    apps: Object.fromEntries(apps.filter(([, { executions }]) => executions > 0)),
    blob: {
      writes: each((one) => one.operations.blobWrites),
      reads: each((one) => one.operations.blobReads),
    },
    queueOperations: each((one) => one.operations.queueOperations),
    requestUnits: {
      primary: each((one) => one.operations.requestUnits.primary),
      replica: each((one) => one.operations.requestUnits.replica),
    },
    durableActions: ofApp('workflows', (app) => app.durableActions),
    storageEvents: each((one) => one.operations.storageEvents),
    logBytes: each((one) => one.logBytes),
    storedBytes: {
      blobs: each((one) => one.storedBytes),
      documents: each((one) => one.operations.documentWrites * documentBytes),
    },
  }
}

function bytesUnder(folder: string, path = /./): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && path.test(join(entry.parentPath, entry.name)))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

function run(argv: readonly string[]): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? done() : reject(new Error(`${argv[0]} ended with ${code}`))))
  })
}
