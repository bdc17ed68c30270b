import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import type { HttpLoad } from './http-load.ts'
import { sendLoad } from './http-load.ts'
import type { Contender } from './paired.ts'
import { childrenOf, cpuMicroseconds } from './process-stats.ts'

/** A server in a process of its own (a program of `servers/` that sends its URL to its parent), measured with all its children. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string
  /** Rejects when the process ends. */
  readonly ended: Promise<never>
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string, ended: Promise<never>) {
    this.#child = child
    this.url = url
    this.ended = ended
  }

  /** Starts a program of `servers/`. @throws Error when it ends before it serves */
  static async start(
    program: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const child = fork(join(import.meta.dirname, 'servers', program), args, {
      env: { ...process.env, ...env },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    let state = 'before it served'
    const ended = once(child, 'exit').then(([code, signal]): never => {
      throw new Error(`${program} ended (${code ?? signal}) ${state}.`)
    })
    const [url] = (await Promise.race([once(child, 'message'), ended])) as [string]
    state = 'while it served'
    ended.catch(() => {})
    return new ServerProcess(child, url, ended)
  }

  /** The server and its children. */
  get pids(): number[] {
    const { pid = 0 } = this.#child
    return [pid, ...childrenOf(pid)]
  }

  /** Each sample: CPU of the server and its children per request, microseconds. `path` is added to the server's URL. */
  cpuPerRequest(name: string, path: string, load: Omit<HttpLoad, 'url'>): Contender {
    return {
      name,
      sample: async () => {
        const { pids } = this
        const before = cpuMicroseconds(pids)
        await sendLoad({ ...load, url: `${this.url}${path}` })
        return (cpuMicroseconds(pids) - before) / load.requests
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }
}
