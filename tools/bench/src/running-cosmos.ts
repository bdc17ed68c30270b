import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ServerProcess } from './server-process.ts'

/** Our emulator in a process of its own, with its data in a folder that goes with it. */
export class RunningCosmos implements AsyncDisposable {
  readonly server: ServerProcess
  readonly folder: string

  private constructor(server: ServerProcess, folder: string) {
    this.server = server
    this.folder = folder
  }

  /** Starts it on a folder of its own. */
  static async start(): Promise<RunningCosmos> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-cosmos-'))
    return new RunningCosmos(await startCosmosOn(folder), folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Starts it on the data of a folder. */
export async function startCosmosOn(folder: string): Promise<ServerProcess> {
  return ServerProcess.start('cosmos-emulator.ts', [folder])
}
