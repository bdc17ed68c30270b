import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What a property found out. */
export interface PropertyReport extends Record<string, unknown> {
  seed: number
  runs: number
  /** Why and with what it failed; absent: it holds. */
  failure?: string
}

/**
 * Runs a property in a process of its own. `DURABLE_PROGRAMS` sets how many runs it has, `DURABLE_SEED` repeats one: the seed stands in every report.
 */
export async function runProperty(property: string, quickRuns: number): Promise<PropertyReport> {
  const { DURABLE_PROGRAMS: runs = String(quickRuns), DURABLE_SEED: seed } = process.env
  const main = join(import.meta.dirname, 'run-properties.ts')
  const args = [main, '--property', property, '--runs', runs, ...(seed === undefined ? [] : ['--seed', seed])]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PropertyReport
}
