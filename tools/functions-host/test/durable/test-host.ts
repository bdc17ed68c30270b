import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { InvocationContext } from '@azure/functions'
import * as df from 'durable-functions'
import { until } from '../until.ts'

const patienceMs = 20_000

/** An instance as the management API shows it. */
export interface Status {
  name: string
  instanceId: string
  runtimeStatus: string
  input: unknown
  customStatus: unknown
  output: unknown
  historyEvents?: Record<string, unknown>[]
}

/** How a host is started; all but `isWhole` is for a whole one. */
export interface TestHostOptions {
  readonly isWhole?: boolean
  /** A folder beside this file. */
  readonly app?: string
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A hub in a process of its own, which may be killed and started again on the same database. */
export class TestHost implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'durable-'))
  #process: ChildProcess | undefined
  #stderr = ''
  #client: ReturnType<typeof df.getClient> | undefined
  baseUrl = ''
  rpcBaseUrl = ''

  readonly #options: TestHostOptions

  private constructor(options: TestHostOptions) {
    this.#options = options
  }

  /** A hub alone, or a whole host whose functions run in worker processes. */
  static async start(options: TestHostOptions = {}): Promise<TestHost> {
    const host = new TestHost(options)
    await host.restart()
    return host
  }

  /** What the hub logged. */
  get log(): string {
    return this.#stderr
  }

  /** The real SDK's client. */
  get client(): ReturnType<typeof df.getClient> {
    if (this.#client === undefined) throw new Error('the host does not run')
    return this.#client
  }

  async restart(): Promise<void> {
    const child = this.#spawn()
    this.#process = child
    child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
    const binding = await Promise.race([
      this.#options.isWhole === true ? this.#readyWhole(child) : this.#readyAlone(child),
      once(child, 'exit').then(() => Promise.reject(new Error(`the host ended: ${this.#stderr}`))),
    ])
    this.rpcBaseUrl = binding.rpcBaseUrl
    const input = df.input.durableClient()
    const context = { options: { extraInputs: [input] }, extraInputs: { get: () => binding } }
    this.#client = df.getClient(context as unknown as InvocationContext)
  }

  #spawn(): ChildProcess {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
    if (this.#options.isWhole !== true)
      return spawn(process.execPath, [join(import.meta.dirname, 'host.ts'), join(this.directory, 'hub.db')], {
        stdio,
      })
    const cli = join(import.meta.dirname, '..', '..', 'src', 'cli.ts')
    const { app = 'app', flags = [], env = {} } = this.#options
    return spawn(process.execPath, [cli, 'start', '--port', '0', '--data', this.directory, ...flags], {
      stdio,
      cwd: join(import.meta.dirname, app),
      env: { ...process.env, ...env },
    })
  }

  async #readyAlone(child: ChildProcess): Promise<{ rpcBaseUrl: string }> {
    const [line] = (await once(linesOf(child), 'line')) as [string]
    const ready = JSON.parse(line) as { baseUrl: string; binding: { rpcBaseUrl: string } }
    this.baseUrl = ready.baseUrl
    return ready.binding
  }

  async #readyWhole(child: ChildProcess): Promise<{ rpcBaseUrl: string }> {
    for await (const line of linesOf(child)) {
      const ready = /^Host ready: (.*)$/.exec(line)?.[1]
      if (ready === undefined) continue
      this.baseUrl = (JSON.parse(ready) as { url: string }).url
      child.stdout?.resume()
      return (await (await fetch(`${this.baseUrl}/api/binding`)).json()) as { rpcBaseUrl: string }
    }
    throw new Error(`the host did not get ready: ${this.#stderr}`)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  async start(name: string, input?: unknown, instanceId?: string): Promise<string> {
    return this.client.startNew(name, {
      ...(input !== undefined && { input }),
      ...(instanceId !== undefined && { instanceId }),
    })
  }

  async status(id: string, query = ''): Promise<Status | undefined> {
    const response = await fetch(`${this.rpcBaseUrl}instances/${id}${query}`)
    return response.status === 404 ? undefined : ((await response.json()) as Status)
  }

  /** Waits until a condition on the instance holds. */
  async until(id: string, isSo: (status: Status) => boolean): Promise<Status> {
    let status: Status | undefined
    const isReached = async (): Promise<Status | undefined> => {
      status = await this.status(id)
      return status !== undefined && isSo(status) ? status : undefined
    }
    return until(isReached, patienceMs).catch((cause: unknown) => {
      throw new Error(`${id} is ${JSON.stringify(status)}; log: ${this.#stderr}`, { cause })
    })
  }

  async end(id: string): Promise<Status> {
    return this.until(id, (status) => ['Completed', 'Failed', 'Terminated'].includes(status.runtimeStatus))
  }

  async run(name: string, input?: unknown): Promise<Status> {
    return this.end(await this.start(name, input))
  }

  async manage(method: string, path: string, body?: string): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(`${this.rpcBaseUrl}${path}`, { method, headers, ...(body !== undefined && { body }) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function linesOf(child: ChildProcess): Interface {
  if (child.stdout === null) throw new Error('no output')
  return createInterface(child.stdout)
}
