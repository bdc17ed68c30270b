import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { isProcessAlive } from './is-process-alive.ts'

interface Instance {
  readonly name: string
  readonly pid: number
  readonly machine: string
}

/**
 * The name under which this process holds leases. It takes over the name of a process of this machine that died with the same
 * state folder: what that one held is then ours at once, and need not expire first.
 */
export function claimInstanceName(stateDirectory: string): string {
  const file = join(stateDirectory, 'instance.json')
  const name = nameOfDead(file) ?? randomUUID()
  const own: Instance = { name, pid: process.pid, machine: hostname() }
  writeFileSync(file, JSON.stringify(own))
  return name
}

function nameOfDead(file: string): string | undefined {
  const taken = `${file}.${process.pid}`
  try {
    const { name, pid, machine } = JSON.parse(readFileSync(file, 'utf8')) as Instance
    if (typeof name !== 'string' || machine !== hostname() || isProcessAlive(pid)) return undefined
    // Of two that come at the same time only one can move the file away.
    renameSync(file, taken)
    rmSync(taken)
    return name
  } catch {
    return undefined
  }
}
