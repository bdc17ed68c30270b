import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import type { StackRecord } from './stack-file.ts'

/** Options of {@link startLocalStack}. */
export interface StartLocalStackOptions {
  /** Where everything lives; a folder that is removed at the end when absent. */
  readonly dataDirectory?: string
  /** `ZOETROPE_...` settings that stand above the stack's own, such as shorter periods. */
  readonly env?: Readonly<Record<string, string>>
  /** How apps reach storage and database: by keys where absent (`--identity`). */
  readonly access?: 'keys' | 'identity'
  /** Runs the packages that would be deployed instead of the sources (`--packaged`); they are made first where something has changed. */
  readonly isPackaged?: boolean
  /** Where what each app does to storage and databases is written down (`--record`). */
  readonly recordFile?: string
  /** Every line that the stack prints. */
  readonly onLine?: (line: string) => void
}

/** A stack of its own, started by `npm start`'s own program, on free ports. */
export interface RunningLocalStack extends AsyncDisposable {
  readonly dataDirectory: string
  readonly urls: Readonly<Record<string, string>>
  readonly tenantId: string
  readonly key: string
  /** By identity: what a program beside it needs to be given tokens and to trust the servers; else nothing. */
  readonly environment: Readonly<Record<string, string>>
  /** Process ids by name: `supervisor`, `azurite`, `cosmos`, `host`. */
  pids(): Readonly<Record<string, number>>
  /** `kill -9` of one process; what is left of the stack starts it again (but for the supervisor, with which all end). */
  kill(name: string): void
  /** Ends it in good order. */
  close(): Promise<void>
}

const startMs = 120_000
/** Of packaging everything. */
const packagingMs = 240_000
const endMs = 20_000
const readyMark = 'Ctrl-C ends it.'
/** Shared by all stacks that tests start one after the other. */
const compileCache = join(tmpdir(), 'zoetrope-compile-cache')
const preload = new URL('end-with-parent.ts', import.meta.url).href
const main = join(import.meta.dirname, 'main.ts')

/** Starts `npm start -- --ports 0` as a child process, and waits until every app answers and the demo key exists. */
export async function startLocalStack(options: StartLocalStackOptions = {}): Promise<RunningLocalStack> {
  const isTemporary = options.dataDirectory === undefined
  const dataDirectory = resolve(options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'zoetrope-stack-')))
  const { recordFile } = options
  const flags = [
    ...(options.access === 'identity' ? ['--identity'] : []),
    ...(options.isPackaged ? ['--packaged'] : []),
    ...(recordFile === undefined ? [] : ['--record', resolve(recordFile)]),
  ]
  const child = spawn(
    process.execPath,
    ['--import', preload, main, '--ports', '0', '--data', dataDirectory, ...flags],
    {
      env: {
        NODE_COMPILE_CACHE: compileCache,
        ...process.env,
        ...options.env,
        FORCE_COLOR: '0',
        NO_COLOR: '1',
      },
      // Its end of stdin closes with this process, and it with it: no test leaves a stack behind.
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  const limitMs = options.isPackaged ? startMs + packagingMs : startMs
  await waitForLine(child, readyMark, limitMs, options.onLine)

  const record = (): StackRecord =>
    JSON.parse(readFileSync(join(dataDirectory, 'stack.json'), 'utf8')) as StackRecord
  const { urls, keyFile, environment } = record()
  const { tenantId, key } = JSON.parse(readFileSync(keyFile, 'utf8')) as { tenantId: string; key: string }
  const pids = (): Readonly<Record<string, number>> => ({ ...record().processes, supervisor: record().pid })
  const close = async (): Promise<void> => {
    await endChild(child)
    if (isTemporary) rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 10 })
  }
  return {
    dataDirectory,
    urls,
    tenantId,
    key,
    environment,
    pids,
    kill: (name) => {
      const pid = pids()[name]
      if (pid === undefined) throw new Error(`The stack has no process "${name}"`)
      process.kill(pid, 'SIGKILL')
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function waitForLine(
  child: ChildProcess,
  mark: string,
  limitMs: number,
  onLine?: (line: string) => void,
): Promise<void> {
  let output = ''
  let rest = ''
  return new Promise((resolveReady, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`The local stack did not start: ${why}\n${output.slice(-8000)}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail('it took too long')
    }, limitMs)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`it ended (${signal ?? code})`)
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          onLine?.(line)
          if (!line.includes(mark)) continue
          clearTimeout(timer)
          resolveReady()
        }
      })
    }
  })
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), endMs)
  await ended
  clearTimeout(timer)
}
