import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { until } from './until.ts'

const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** How long its start may take on a busy machine, ms. */
const startMs = 60_000

/** A storage service. */
export type StorageService = 'Blob' | 'Queue' | 'Table'

/** How Azurite is started. */
interface AzuriteOptions {
  readonly port?: number
  readonly certificate?: { readonly path: string; readonly keyPath: string }
}

/** Azurite on free ports, in memory. */
export class RunningAzurite implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly connection: string

  private constructor(child: ChildProcess, endpoints: string) {
    this.#child = child
    this.connection = `DefaultEndpointsProtocol=${endpoints.includes('=https:') ? 'https' : 'http'};AccountName=devstoreaccount1;AccountKey=${key};${endpoints}`
  }

  /**
   * Starts the services asked for, else the queue service. Several share one process; one alone can be given a port. With a certificate they
   * serve HTTPS and take tokens.
   */
  static async start(...options: (StorageService | AzuriteOptions)[]): Promise<RunningAzurite> {
    const asked = options.filter((option) => typeof option === 'string')
    const { port = 0, certificate } = options.find((option) => typeof option === 'object') ?? {}
    const services = asked.length > 0 ? asked : (['Queue'] as const)
    const [only = ''] = services
    const program = services.length > 1 ? 'azurite.js' : `${only.toLowerCase()}/main.js`
    const child = spawn(process.execPath, [
      join(dirname(fileURLToPath(import.meta.resolve('azurite/package.json'))), 'dist/src', program),
      ...(services.length > 1 ? ['Blob', 'Queue', 'Table'] : services).flatMap((service) => [
        `--${service.toLowerCase()}Port`,
        String(port),
      ]),
      '--skipApiVersionCheck',
      '--inMemoryPersistence',
      '--silent',
      ...(certificate ? ['--oauth', 'basic', '--cert', certificate.path, '--key', certificate.keyPath] : []),
    ])
    const scheme = certificate ? 'https' : 'http'
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.resume()
    const listening = until(() => {
      const found = services.map((service) => {
        const own = new RegExp(
          `${service} service .*(?:listens on|listening at) https?://127.0.0.1:(\\d+)`,
        ).exec(output)?.[1]
        return own && `${service}Endpoint=${scheme}://127.0.0.1:${own}/devstoreaccount1;`
      })
      return found.every(Boolean) ? found.join('') : undefined
    }, startMs)
    const endpoints = await listening.catch((error: unknown) => {
      child.kill('SIGKILL')
      throw error
    })
    return new RunningAzurite(child, endpoints)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
  }
}
