import { availableParallelism } from 'node:os'
import type { VersionFailure, VersionMatch } from './version-match.ts'

/** What host.json says of extensions.durableTask, with the defaults of a host of one's own. */
export interface HubSettings {
  maxConcurrentActivities: number
  maxConcurrentOrchestrators: number
  maxConcurrentEntities: number
  maxEntityBatch: number
  httpPollDelayMs: number
  /** The version of orchestrations that are started without one; undefined: versions are not in use, and none is given. */
  defaultVersion: string | undefined
  versionMatch: VersionMatch
  versionFailure: VersionFailure
}

const versionMatches = { None: 'none', Strict: 'strict', CurrentOrOlder: 'currentorolder' } as const
const versionFailures = { Reject: 'reject', Fail: 'fail' } as const

/** Reads the durableTask section; what is absent or no number gets its default. @throws Error that names a strategy which there is not */
export function readHubSettings(section: unknown): HubSettings {
  const given = (typeof section === 'object' && section !== null ? section : {}) as Record<string, unknown>
  const number = (name: string, otherwise: number): number => {
    const value = given[name]
    return typeof value === 'number' && value > 0 ? value : otherwise
  }
  const version = given['defaultVersion']
  const perCore = 10 * availableParallelism()
  const http = given['httpSettings'] as { defaultAsyncRequestSleepTimeMilliseconds?: number } | undefined
  return {
    maxConcurrentActivities: number('maxConcurrentActivityFunctions', perCore),
    maxConcurrentOrchestrators: number('maxConcurrentOrchestratorFunctions', perCore),
    maxConcurrentEntities: number('maxConcurrentEntityFunctions', perCore),
    maxEntityBatch: number('maxEntityOperationBatchSize', 5000),
    httpPollDelayMs: http?.defaultAsyncRequestSleepTimeMilliseconds ?? 30_000,
    defaultVersion: typeof version === 'string' ? version : undefined,
    versionMatch: choose(given, 'versionMatchStrategy', versionMatches) ?? 'currentorolder',
    versionFailure: choose(given, 'versionFailureStrategy', versionFailures) ?? 'reject',
  }
}

function choose<T>(
  given: Record<string, unknown>,
  name: string,
  choices: Readonly<Record<string, T>>,
): T | undefined {
  const value = given[name]
  if (value === undefined || value === null) return undefined
  const found = Object.entries(choices).find(
    ([choice]) => choice.toLowerCase() === String(value).toLowerCase(),
  )
  if (found !== undefined) return found[1]
  throw new Error(
    `host.json: durableTask.${name} is ${JSON.stringify(value)}: it is one of ${Object.keys(choices).join(', ')}`,
  )
}
