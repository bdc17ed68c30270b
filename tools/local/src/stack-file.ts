import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What a running stack says of itself in `stack.json`; the file is its lock too. */
export interface StackRecord {
  /** Process id of the supervisor. */
  readonly pid: number
  readonly startedAt: string
  /** Base URLs by name: `console`, `api`, `delivery`, every other app. */
  readonly urls: Readonly<Record<string, string>>
  /** Process ids by name, as of the last (re)start. */
  readonly processes: Readonly<Record<string, number>>
  /** File with the demo tenant's id and API key. */
  readonly keyFile: string
  /** Environment that programs beside it need: none, or by identity the endpoint for tokens and the certificate to trust. */
  readonly environment: Readonly<Record<string, string>>
}

/** The record of a stack that runs on this data; undefined when none does, also where one was killed. */
export function readRunningStack(file: string): StackRecord | undefined {
  let record: StackRecord
  try {
    record = JSON.parse(readFileSync(file, 'utf8')) as StackRecord
  } catch {
    return undefined
  }
  return record.pid !== process.pid && isAlive(record.pid) ? record : undefined
}

/** Writes the record in one step, readable by its owner only. */
export function writeStackRecord(file: string, record: StackRecord): void {
  mkdirSync(dirname(file), { recursive: true })
  const scratch = `${file}.${process.pid}`
  writeFileSync(scratch, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 })
  renameSync(scratch, file)
}

/** Gives the lock back. */
export function removeStackRecord(file: string): void {
  rmSync(file, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
