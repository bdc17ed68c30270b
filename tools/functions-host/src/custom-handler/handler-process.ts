import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import type { AppSettings } from '../config/app-settings.ts'
import { HostError } from '../errors.ts'
import type { Log } from '../logging/log.ts'
import type { HandlerSettings } from './handler-settings.ts'

/** Name that reaches a program which listens on one family of addresses alone. */
const loopback = 'localhost'
const probeMs = 25
const logCategory = 'Host.Function.Console'

/** What the program of a custom handler needs. */
export interface HandlerProcessOptions {
  readonly settings: HandlerSettings
  readonly directory: string
  readonly env: AppSettings
  readonly log: Log
  /** Told once when the program has ended. */
  readonly onExit: (reason: string) => void
  /** Gives up the start: the program ends. */
  readonly signal: AbortSignal
}

/** The program of a custom handler, listening. */
export class HandlerProcess {
  readonly port: number
  readonly #child: ChildProcess
  readonly #ended = Promise.withResolvers<string>()
  readonly #killWithHost = (): void => this.kill()
  #hasEnded = false

  private constructor(child: ChildProcess, port: number, onExit: (reason: string) => void) {
    this.#child = child
    this.port = port
    const end = (reason: string): void => {
      if (this.#hasEnded) return
      // What it has started would go on, and hold its port.
      this.kill()
      this.#hasEnded = true
      process.off('exit', this.#killWithHost)
      this.#ended.resolve(reason)
      onExit(reason)
    }
    child.on('error', (error) => end(error.message))
    child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`))
    process.on('exit', this.#killWithHost)
  }

  /** Starts the program and waits until it listens. @throws HostError naming what to look at */
  static async start(options: HandlerProcessOptions): Promise<HandlerProcess> {
    const { settings, directory, env, log, signal } = options
    const port = settings.port ?? (await findFreePort())
    if (settings.port !== undefined && (await takesConnections(port)))
      throw new HostError(
        `Port ${port}, which customHandler.port of ${directory}/host.json names, is taken. End what uses it, or leave the property out: then a free one is chosen.`,
      )
    const workerId = randomUUID()
    const child = spawn(settings.executable, settings.args, {
      cwd: settings.workingDirectory,
      env: {
        ...env,
        FUNCTIONS_CUSTOMHANDLER_PORT: String(port),
        FUNCTIONS_CUSTOMHANDLER_WORKER_ID: workerId,
        FUNCTIONS_HTTPWORKER_PORT: String(port),
        FUNCTIONS_HTTPWORKER_ID: workerId,
        FUNCTIONS_APP_ROOT_PATH: directory,
      } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: whatever it starts ends with it, and Ctrl-C reaches the host first.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    for (const [stream, level] of [
      [child.stdout, 'info'],
      [child.stderr, 'error'],
    ] as const)
      createInterface({ input: stream }).on('line', (line) => log(level, line, logCategory))
    const started = new HandlerProcess(child, port, options.onExit)
    const kill = (): void => started.kill()
    if (signal.aborted) kill()
    signal.addEventListener('abort', kill)
    const fault = await Promise.race([started.#ended.promise, started.#listens(settings.startTimeoutMs)])
    signal.removeEventListener('abort', kill)
    if (fault === undefined) return started
    kill()
    // Its arguments stay out of the message: settings are put into them, keys too.
    throw new HostError(
      `The custom handler "${settings.executable}" does not serve port ${port} (FUNCTIONS_CUSTOMHANDLER_PORT): ${fault}. Look at customHandler.description.defaultExecutablePath and arguments in ${directory}/host.json, and at what the program wrote.`,
    )
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Why the program has ended, once it has, within a time; undefined while it runs. */
  async endedWithin(ms: number): Promise<string | undefined> {
    return Promise.race([this.#ended.promise, delay(ms, undefined, { ref: false })])
  }

  /** Ends the program and what it has started, at once. */
  kill(): void {
    this.#signal('SIGKILL')
  }

  /** Asks the program to end, and ends it after the grace. */
  async close(graceMs: number): Promise<void> {
    if (this.#hasEnded) return
    this.#signal('SIGTERM')
    if ((await this.endedWithin(graceMs)) !== undefined) return
    this.kill()
    await this.#ended.promise
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (this.#hasEnded || pid === undefined) return
    try {
      if (process.platform === 'win32') this.#child.kill(signal)
      else process.kill(-pid, signal)
    } catch {
      // It has ended just now.
    }
  }

  /** Waits until the port takes connections; answers what went wrong otherwise. */
  async #listens(timeoutMs: number): Promise<string | undefined> {
    const deadlineMs = Date.now() + timeoutMs
    while (!this.#hasEnded) {
      if (await takesConnections(this.port)) return undefined
      if (Date.now() > deadlineMs) return `nothing listens there after ${timeoutMs} ms`
      await delay(probeMs)
    }
    return this.#ended.promise
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: loopback })
    const settle = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => settle(true))
    socket.on('error', () => settle(false))
  })
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, loopback)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
