import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { until } from './until.ts'

/** Where the SDK is, for apps in temporary folders. */
export const library = import.meta.resolve('@azure/functions')

/** A program of this package (`func` or `cli`), run in a folder: what it printed, and how it ended. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: ChildProcess
  /** Standard output so far. */
  output = ''
  /** Standard error so far. */
  errors = ''

  constructor(program: 'func' | 'cli', args: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}) {
    const script = join(import.meta.dirname, '..', 'src', `${program}.ts`)
    this.#child = spawn(process.execPath, [script, ...args], { cwd: folder, env: { ...process.env, ...env } })
    this.#child.stdout?.on('data', (chunk: Buffer) => void (this.output += chunk.toString()))
    this.#child.stderr?.on('data', (chunk: Buffer) => void (this.errors += chunk.toString()))
  }

  /** Waits until a pattern is printed; answers its first group, else all of it. */
  async printed(pattern: RegExp): Promise<string> {
    return until(() => {
      const match = pattern.exec(this.output)
      if (!match && this.#hasEnded()) throw new Error(`It ended: ${this.output}${this.errors}`)
      return match ? (match[1] ?? match[0]) : undefined
    })
  }

  /** Where the app is, once it serves. */
  url(): Promise<string> {
    return this.printed(/^Host ready: .*"url":"([^"]+)"/m)
  }

  /** Reads the output no more. */
  closeOutput(): void {
    this.#child.stdout?.destroy()
  }

  /** Sends a signal. */
  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits for the end; answers the exit code. */
  async ended(): Promise<number | null> {
    if (!this.#hasEnded()) await once(this.#child, 'close')
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded()) this.#child.kill('SIGKILL')
    await this.ended()
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}
