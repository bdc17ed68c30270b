import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

import { ServerProcess } from './server-process.ts'

const installLimitMs = 120_000

/** Another engine, or emulator: no dependency of ours, installed for a run and removed after it. */
export interface Peer {
  /** Name and version, as the table's column says it. */
  readonly name: string
  /** npm packages, with their versions. */
  readonly packages: readonly string[]
  /** Programs that must be on the PATH, or where Debian keeps those of PostgreSQL. */
  readonly programs: readonly string[]
  /** Its program in `servers/`. */
  readonly server: string
  /** What that program is told besides its folder. */
  readonly parameters: readonly string[]
}

/** A peer that runs, with a folder of its own that goes with it. */
export class RunningPeer implements AsyncDisposable {
  readonly server: ServerProcess
  readonly #folder: string

  private constructor(server: ServerProcess, folder: string) {
    this.server = server
    this.#folder = folder
  }

  /** Installs and starts a peer. @throws Error when a program is missing, or the peer does not install or start */
  static async start({ packages, programs, server, parameters }: Peer): Promise<RunningPeer> {
    const path = [process.env['PATH'] ?? '', ...postgresDirectories()].join(delimiter)
    const missing = programs.filter((program) => !isOnPath(program, path))
    if (missing.length > 0) throw new Error(`${missing.join(' and ')} not on the PATH`)
    const folder = mkdtempSync(join(tmpdir(), 'bench-peer-'))
    try {
      writeFileSync(join(folder, 'package.json'), '{ "private": true }')
      await promisify(execFile)(
        'npm',
        ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages],
        { cwd: folder, timeout: installLimitMs },
      )
      return new RunningPeer(
        await ServerProcess.start(server, [folder, ...parameters], { PATH: path }),
        folder,
      )
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    // The peer's own programs may still write for a moment.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

/** Debian keeps the programs of each version apart, and off the PATH; the newest first. */
function postgresDirectories(): string[] {
  const versions = '/usr/lib/postgresql'
  if (!existsSync(versions)) return []
  const newestFirst = readdirSync(versions).toSorted((a, b) => Number(b) - Number(a))
  return newestFirst.map((version) => join(versions, version, 'bin'))
}

function isOnPath(program: string, path: string): boolean {
  return path.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
