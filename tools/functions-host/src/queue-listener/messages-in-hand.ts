import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isProcessAlive } from '../state/is-process-alive.ts'
import type { Log } from '../logging/log.ts'

/** A message that was taken from its queue and is not settled. */
export interface MessageInHand {
  readonly messageId: string
  readonly popReceipt: string
}

/** A message that a host had in hand when it died. */
export interface OrphanedMessage extends MessageInHand {
  /** It is given back, or cannot be. */
  readonly forget: () => void
}

/** This process, among all that ever had its id. */
const startedAt = Math.round(performance.timeOrigin)

/**
 * The messages that a function has in hand, one file each, for the next host: after a crash it can give them back at
 * once, which nobody else can before their hidden time (10 minutes) is up. One that cannot be noted is run all the same.
 */
export class MessagesInHand {
  readonly #folder: string
  readonly #log: Log
  #hasComplained = false

  constructor(folder: string, log: Log) {
    this.#folder = folder
    this.#log = log
  }

  /** Notes a message, or its new receipt. */
  note({ messageId, popReceipt }: MessageInHand): void {
    const file = this.#file(messageId)
    this.#write(() => {
      try {
        writeFileSync(file, popReceipt)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        mkdirSync(this.#folder, { recursive: true })
        writeFileSync(file, popReceipt)
      }
    })
  }

  /** The message is settled. */
  forget(messageId: string): void {
    this.#write(() => rmSync(this.#file(messageId), { force: true }))
  }

  /** What hosts that are no more had in hand; hosts that run keep theirs. */
  orphans(): OrphanedMessage[] {
    return this.#names().flatMap((name) => {
      const [, pid, processStartedAt, messageId] = /^(\d+)\.(\d+)\.(.+)$/.exec(name) ?? []
      if (!messageId || isAlive(Number(pid), Number(processStartedAt))) return []
      const file = join(this.#folder, name)
      try {
        const forget = (): void => rmSync(file, { force: true })
        return [{ messageId, popReceipt: readFileSync(file, 'utf8'), forget }]
      } catch {
        // Another host was quicker.
        return []
      }
    })
  }

  /** Does what it can; the first fault is logged. */
  #write(action: () => void): void {
    try {
      action()
    } catch (error) {
      if (!this.#hasComplained)
        this.#log(
          'warning',
          `${this.#folder} cannot be written (${(error as Error).message}). Messages are run all the same; those in hand when this host dies stay hidden for up to 10 minutes. Make room there, or choose another folder with --data.`,
        )
      this.#hasComplained = true
    }
  }

  #file(messageId: string): string {
    return join(this.#folder, `${process.pid}.${startedAt}.${messageId}`)
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
    } catch {
      return []
    }
  }
}

/** Whether the process that wrote a note still runs. In a container every host may have the same id. */
function isAlive(pid: number, processStartedAt: number): boolean {
  return pid === process.pid ? processStartedAt === startedAt : isProcessAlive(pid)
}
