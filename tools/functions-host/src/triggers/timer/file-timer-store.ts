import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { TimerStatus } from './timer-status.ts'
import { formatTimerStatus, parseTimerStatus } from './timer-status.ts'
import type { TimerHold, TimerStore } from './timer-store.ts'

/** Keeps a file per timer in the state folder of one host, which runs them all. */
export class FileTimerStore implements TimerStore {
  readonly directory: string

  constructor(stateDirectory: string) {
    this.directory = join(stateDirectory, 'timers')
  }

  async readStatus(functionName: string): Promise<TimerStatus | undefined> {
    try {
      return parseTimerStatus(readFileSync(this.#fileOf(functionName), 'utf8'))
    } catch {
      return undefined
    }
  }

  async writeStatus(functionName: string, status: TimerStatus): Promise<void> {
    const file = this.#fileOf(functionName)
    mkdirSync(this.directory, { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify(formatTimerStatus(status)))
    renameSync(`${file}.new`, file)
  }

  async hold(): Promise<TimerHold> {
    return { lost: new AbortController().signal, release: async () => {} }
  }

  #fileOf(functionName: string): string {
    return join(this.directory, `${functionName}.json`)
  }
}
