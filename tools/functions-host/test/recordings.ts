import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '..', '..', '..')
const recordings = resolve(repository, process.env['ZOETROPE_REAL_HOST'] ?? '../shared/reference/real-host')

/** How many of the answers that were compared are equal, and a line for each difference. */
export interface Comparison {
  readonly equal: number
  /** The names of the stories and calls whose answers differ. */
  readonly different: ReadonlySet<string>
  readonly text: string
}

/**
 * What Microsoft's own host answered, to be asked of ours: an app, and a program that compares. The recordings are no part of this
 * repository; where they are missing, that is said aloud.
 */
export class Recordings implements Disposable {
  readonly isThere: boolean
  readonly #folder: string
  readonly #directory = mkdtempSync(join(tmpdir(), 'functions-host-recorded-'))

  /** `part`: a folder of the recordings, '' for that of the host itself. */
  constructor(part: string) {
    this.#folder = join(recordings, part)
    this.isThere = existsSync(join(this.#folder, 'probe.mjs'))
    if (!this.isThere)
      process.stderr.write(
        `\n*** SKIPPED: no recordings of the real Functions host in ${this.#folder}; set ZOETROPE_REAL_HOST to their folder. ***\n\n`,
      )
  }

  /** A file of the recordings. */
  file(name: string): string {
    return join(this.#folder, name)
  }

  /** The app of the recordings under another name, able to load libraries of this repository (`@azure/functions`). */
  copyApp(name: string, libraries: readonly string[]): string {
    const folder = join(this.#directory, name)
    cpSync(this.file('app'), folder, { recursive: true, filter: (path) => !path.includes('node_modules') })
    for (const library of libraries) {
      const link = join(folder, 'node_modules', library)
      mkdirSync(resolve(link, '..'), { recursive: true })
      symlinkSync(join(repository, 'node_modules', library), link, 'dir')
    }
    return folder
  }

  /** The keys that the recordings were made with, where an app looks for them. */
  writeKeys(): string {
    const folder = join(this.#directory, 'keys')
    mkdirSync(folder, { recursive: true })
    const key = (name: string, value: string): object => ({ name, value, encrypted: false })
    writeFileSync(
      join(folder, 'host.json'),
      JSON.stringify({
        masterKey: key('master', 'master-key-for-tests'),
        functionKeys: [key('default', 'host-key-for-tests')],
        systemKeys: [key('durabletask_extension', 'system-key-for-tests')],
      }),
    )
    return folder
  }

  /** Asks a host everything, or what the arguments choose. */
  async compare(
    url: string,
    args: readonly string[],
    { withinMs }: { withinMs: number },
  ): Promise<Comparison> {
    const text = await new Promise<string>((settle) => {
      execFile(
        process.execPath,
        [this.file('probe.mjs'), url, ...args],
        { maxBuffer: 64e6, timeout: withinMs },
        // It ends with 1 where anything differs.
        (_error, stdout, stderr) => settle(stdout + stderr),
      )
    })
    const names = text
      .split('\n')
      .filter((line) => line.includes('\t'))
      .map((line) => line.split('\t', 1)[0] ?? '')
    return { equal: Number(/compared, (\d+) same/.exec(text)?.[1] ?? 0), different: new Set(names), text }
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** A free port of four digits: large bodies are compared by length, and hold the address, whose recorded port had four. */
export async function findRecordedPort(): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const port = 2000 + Math.floor(Math.random() * 8000)
    const server = createServer()
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch (error) {
      if (tries === 20) throw error
    }
  }
}
