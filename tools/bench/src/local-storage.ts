import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import type { AzuriteWrite } from '@zoetrope/local/azurite'

const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** Azurite as the local stack runs it: it tells of each write, which is what its listeners are woken by. */
export class LocalStorage implements AsyncDisposable {
  readonly connection: string
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #requests: string[] = []

  private constructor(child: ChildProcess, folder: string, connection: string) {
    this.#child = child
    this.#folder = folder
    this.connection = connection
    this.#readAccessLog()
  }

  /** Starts it on free ports. `onWrite` gets each write that was acknowledged. */
  static async start(onWrite: (write: AzuriteWrite) => void): Promise<LocalStorage> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-azurite-'))
    const services = ['Blob', 'Queue', 'Table']
    const child = fork(
      fileURLToPath(import.meta.resolve('@zoetrope/local/azurite-server')),
      [
        ...services.flatMap((service) => [`--${service.toLowerCase()}Port`, '0']),
        '--location',
        folder,
        '--skipApiVersionCheck',
        '--disableTelemetry',
      ],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    )
    child.on('message', (message) => onWrite(message as AzuriteWrite))
    const endpoints = await readEndpoints(child, services)
    return new LocalStorage(
      child,
      folder,
      `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};${endpoints}`,
    )
  }

  /** Requests that it has answered so far, such as `GET /devstoreaccount1/a-queue/messages`, of those that match. */
  countRequests(pattern: RegExp): number {
    return this.#requests.filter((request) => pattern.test(request)).length
  }

  #readAccessLog(): void {
    if (!this.#child.stdout) return
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const request = /"([A-Z]+ \S+) HTTP/.exec(line)?.[1]
      if (request) this.#requests.push(request)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function readEndpoints(child: ChildProcess, services: readonly string[]): Promise<string> {
  if (!child.stdout) throw new Error('Azurite has no output.')
  const ended = once(child, 'exit').then(() => {
    throw new Error('Azurite ended before it served.')
  })
  ended.catch(() => {})
  for (let output = ''; ;) {
    const ports = services.map(
      (service) => new RegExp(`${service} service .*listening at http://127.0.0.1:(\\d+)`).exec(output)?.[1],
    )
    if (ports.every(Boolean))
      return services
        .map((service, index) => `${service}Endpoint=http://127.0.0.1:${ports[index]}/devstoreaccount1;`)
        .join('')
    const [chunk] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer]
    output += chunk.toString()
  }
}
