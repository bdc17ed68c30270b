/** A value as it crosses between host and function code: exactly one field is set (functions-host.md §3). */
export interface TypedData {
  string?: string
  json?: string
  bytes?: Uint8Array
  int?: number
  double?: number
  http?: HttpData
  [other: string]: unknown
}

/** An HTTP request or response as a value. */
export interface HttpData {
  method?: string
  url?: string
  headers?: Readonly<Record<string, string>>
  /** Of requests only; names are joined as the real host does. */
  query?: Readonly<Record<string, string>>
  /** Of requests only: values of the route. */
  params?: Readonly<Record<string, string>>
  /** Of responses only. */
  statusCode?: string
  cookies?: CookieData[]
  body?: TypedData | null
}

/** A cookie of an HTTP response; optional parts come wrapped. */
export interface CookieData {
  name: string
  value: string
  domain?: { value?: string }
  path?: { value?: string }
  expires?: { value?: { seconds?: number } }
  secure?: { value?: boolean }
  httpOnly?: { value?: boolean }
  sameSite?: string | number
  maxAge?: { value?: number }
}

/** One binding of a function. */
export interface Binding {
  type: string
  name: string
  direction?: string
  [property: string]: unknown
}

/** A function as the app registered it. */
export interface FunctionMetadata {
  name: string
  id: string
  bindings: Binding[]
  retryOptions?: RetryPolicy
}

/** Retry policy of a function. Intervals in seconds. */
export interface RetryPolicy {
  maxRetryCount: number
  retryStrategy: 'fixedDelay' | 'exponentialBackoff'
  delayIntervalSeconds: number
  minimumIntervalSeconds: number
  maximumIntervalSeconds: number
}

/** What a function is called with. */
export interface Invocation {
  invocationId: string
  functionId: string
  inputData: { name: string; data: TypedData }[]
  triggerMetadata: Record<string, TypedData>
  traceContext?: { traceParent?: string; traceState?: string; attributes?: Record<string, string> }
  retryContext?: {
    retryCount: number
    maxRetryCount: number
    exception?: { source?: string; message?: string; stackTrace?: string }
  }
}

/** What a function gave back, or how it failed. */
export type InvocationOutcome =
  | { ok: true; returnValue?: TypedData | null; outputData: { name: string; data: TypedData }[] }
  | { ok: false; message: string; stack: string }

/** Host to worker. */
export type ToWorker = { type: 'invoke'; invocation: Invocation } | { type: 'ping' } | { type: 'terminate' }

/** A line of log by function code, or by the library. */
export interface WorkerLogEntry {
  level: string
  category: string
  message: string
  invocationId?: string
  functionName?: string
}

/** Worker to host. */
export type FromWorker =
  | { type: 'loaded'; functions: FunctionMetadata[]; httpUri?: string }
  | { type: 'failed'; message: string }
  | { type: 'result'; invocationId: string; outcome: InvocationOutcome }
  | { type: 'pong'; memoryBytes: number }
  | ({ type: 'log' } & WorkerLogEntry)
