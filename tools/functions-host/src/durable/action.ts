import { writeValue } from './newtonsoft-text.ts'

/** The numbers of the actions an orchestrator answers with. */
export const ActionType = {
  callActivity: 0,
  callActivityWithRetry: 1,
  callSubOrchestrator: 2,
  callSubOrchestratorWithRetry: 3,
  continueAsNew: 4,
  createTimer: 5,
  waitForExternalEvent: 6,
  callEntity: 7,
  callHttp: 8,
  signalEntity: 9,
  scheduledSignalEntity: 10,
  whenAny: 11,
  whenAll: 12,
  lockEntities: 13,
  releaseEntities: 14,
} as const

/** One thing the orchestrator's code asked for. The SDK of the app made it: fields are looked at only where the type calls for them. */
export interface Action {
  actionType: number
  functionName?: string
  instanceId?: string
  version?: string | null
  input?: unknown
  operation?: string
  externalEventName?: string
  fireAt?: string | null
  isCanceled?: boolean
  retryOptions?: RetryOptions
  httpRequest?: HttpRequest
  compoundActions?: Action[]
  /** Sorted, each once. */
  lockSet?: { name: string; key: string }[]
  lockRequestId?: string
}

/** How often and how patiently a failed call is made again. */
export interface RetryOptions {
  firstRetryIntervalInMilliseconds: number
  maxNumberOfAttempts: number
  backoffCoefficient?: number
  maxRetryIntervalInMilliseconds?: number
  retryTimeoutInMilliseconds?: number
}

/** What callHttp is asked to send. */
export interface HttpRequest {
  method: string
  uri: string
  content?: string
  headers?: Record<string, string>
  tokenSource?: { resource: string }
  asynchronousPatternEnabled?: boolean
}

/** The delay before attempt `attempt + 1`, attempts counted from 1. */
export function retryDelayMs(options: RetryOptions, attempt: number): number {
  const delayMs =
    options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1)
  return Math.min(delayMs, options.maxRetryIntervalInMilliseconds ?? Number.MAX_SAFE_INTEGER)
}

/** JSON text of a value that came through JSON, null for nothing. */
export function toJsonText(value: unknown): string | null {
  return value === undefined || value === null ? null : (writeValue(value) ?? null)
}

/** The same of an input that the SDK, where it was a string, has already turned into JSON text. */
export function toJsonTextOnce(input: unknown): string | null {
  return typeof input === 'string' ? input : toJsonText(input)
}

/** The activity that callHttp schedules. */
export const builtInHttp = 'BuiltIn::HttpActivity'
