import { availableParallelism } from 'node:os'
import { NotImplementedError } from '../errors.ts'

/** What host.json says of extensions.durableTask, with the defaults of a host of one's own. */
export interface HubSettings {
  maxConcurrentActivities: number
  maxConcurrentOrchestrators: number
  maxConcurrentEntities: number
  maxEntityBatch: number
  httpPollDelayMs: number
  /** The version of orchestrations that are started without one; undefined: versions are not in use, and none is given. */
  defaultVersion: string | undefined
}

/** Reads the durableTask section; what is absent or no number gets its default. @throws NotImplementedError */
export function readHubSettings(section: unknown): HubSettings {
  const given = (typeof section === 'object' && section !== null ? section : {}) as Record<string, unknown>
  const number = (name: string, otherwise: number): number => {
    const value = given[name]
    return typeof value === 'number' && value > 0 ? value : otherwise
  }
  if (given['versionMatchStrategy'] === 'Strict')
    throw new NotImplementedError('host.json: durableTask.versionMatchStrategy "Strict"')
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
  }
}
