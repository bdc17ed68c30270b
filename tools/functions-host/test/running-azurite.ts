import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { until } from './until.ts'

const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** Azurite's queue service on a free port, in memory. */
export class RunningAzurite implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly connection: string

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.connection = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};QueueEndpoint=http://127.0.0.1:${port}/devstoreaccount1;`
  }

  static async start(): Promise<RunningAzurite> {
    const script = join(
      dirname(fileURLToPath(import.meta.resolve('azurite/package.json'))),
      'dist/src/queue/main.js',
    )
    const child = spawn(process.execPath, [
      script,
      '--queuePort',
      '0',
      '--skipApiVersionCheck',
      '--inMemoryPersistence',
      '--silent',
    ])
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.resume()
    const port = await until(() => /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1])
    return new RunningAzurite(child, Number(port))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
  }
}
