import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createStorageEvents } from '@zoetrope/local/azurite'

import { LocalStorage } from './local-storage.ts'
import { ServerProcess } from './server-process.ts'

/** A host of the app `events-app` and a storage that wakes it, joined as the local stack joins them. */
export class WokenHost implements AsyncDisposable {
  readonly storage: LocalStorage
  /** Where the functions note their starts. */
  readonly notesFile: string
  readonly #host: ServerProcess
  readonly #folder: string

  private constructor(storage: LocalStorage, host: ServerProcess, folder: string) {
    this.storage = storage
    this.notesFile = join(folder, 'notes')
    this.#host = host
    this.#folder = folder
  }

  /** Starts both. `prepare` makes what the functions listen on. */
  static async start(prepare: (connection: string) => Promise<unknown>): Promise<WokenHost> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-woken-'))
    writeFileSync(join(folder, 'notes'), '')
    const waking: { url?: string } = {}
    const storage = await LocalStorage.start((write) => onWrite(write))
    const onWrite = createStorageEvents({
      connection: storage.connection,
      events: [],
      wake: (source) => void wake(waking.url, source),
      log: console.error,
    })
    await prepare(storage.connection)
    const host = await ServerProcess.start('host.ts', [join(import.meta.dirname, 'events-app')], {
      BENCH_STORAGE: storage.connection,
      AzureWebJobsStorage: storage.connection,
      BENCH_NOTES: join(folder, 'notes'),
    })
    waking.url = host.url
    return new WokenHost(storage, host, folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]()
    await this.storage[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function wake(url: string | undefined, source: Readonly<Record<string, string>>): Promise<void> {
  if (!url) return
  const answer = await fetch(`${url}/admin/host/wake`, { method: 'POST', body: JSON.stringify(source) })
  await answer.body?.cancel()
}
