import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const cli = join(import.meta.dirname, '..', 'bin', 'functions-host.mjs')

/** How the process of a host is started. */
export interface HostProcessOptions {
  /** 0: any free one. */
  readonly port?: number
  /** Program and arguments that start the host in their place, such as `nice`. */
  readonly launcher?: readonly string[]
  /** Variables of its environment, beside those of the test. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The command line, run in a process of its own: what it serves and what it logged. */
export class RunningHost implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'functions-host-'))
  readonly #child: ChildProcess
  readonly #urls = new Map<string, string>()
  log = ''

  private constructor(
    apps: Readonly<Record<string, Readonly<Record<string, string>>>>,
    { port = 0, launcher = [], environment = {} }: HostProcessOptions,
    flags: string[],
  ) {
    const args = Object.entries(apps).flatMap(([app, settings], index) => {
      const file = join(this.directory, `settings-${index}.json`)
      writeFileSync(file, JSON.stringify(settings))
      const folder = app.startsWith('/') ? app : join(import.meta.dirname, 'fixtures', app)
      return ['--app', `${folder}:${port}:${file}`]
    })
    const [program, ...rest] = [...launcher, process.execPath, cli, 'start', '--data', this.directory]
    this.#child = spawn(program, [...rest, ...flags, ...args], {
      env: { ...process.env, ...environment },
    })
    const keep = (chunk: Buffer): void => void (this.log += chunk.toString())
    this.#child.stdout?.on('data', keep)
    this.#child.stderr?.on('data', keep)
  }

  /** Starts apps (a folder of `fixtures/`, or a path) with their settings, and waits until all serve. */
  static async start(
    apps: Readonly<Record<string, Readonly<Record<string, string>>>>,
    ...flags: (string | HostProcessOptions)[]
  ): Promise<RunningHost> {
    const options = flags.find((flag) => typeof flag === 'object') ?? {}
    const texts = flags.filter((flag) => typeof flag === 'string')
    const host = new RunningHost(apps, options, texts)
    const lines = createInterface({ input: host.#child.stdout ?? process.stdin })
    const ready = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const text = /^Host ready: (.*)$/.exec(line)?.[1]
        if (!text) return
        const { app, url } = JSON.parse(text) as { app: string; url: string }
        host.#urls.set(app, url)
        if (host.#urls.size === Object.keys(apps).length) resolve()
      })
    })
    const ended = once(host.#child, 'exit').then(() => {
      throw new Error(`The host ended: ${host.log}`)
    })
    await Promise.race([ready, ended])
    ended.catch(() => {})
    return host
  }

  url(app: string): string {
    return this.#urls.get(app) ?? ''
  }

  /** Of the host's process. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Ends the host; answers its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit')
      this.#child.kill(signal)
      await exited
    }
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.directory, { recursive: true, force: true })
  }
}
