/** A value that may be undefined, which JSON has no word for: `[value]`, or `[]`. */
export type Maybe = [unknown] | []

/** A script to run once: what it is, and all that it may see. */
export interface ScriptJob {
  /** Names the script in stack traces. */
  id: string
  source: string
  args: unknown[]
  /** Links to its container: by `_rid`, and by names. Both end without a slash. */
  links: { self: string; alt: string }
  request: ScriptRequest
  /** Absent in pre-triggers: there is no response yet. */
  response?: { body: Maybe }
  isLogging: boolean
  /** The account's clock, ms since 1970. */
  nowMs: number
  /** For how long after its start calls of the container are accepted, ms. */
  acceptsForMs: number
}

/** What a script sees of the request that runs it. */
export interface ScriptRequest {
  headers: Record<string, string>
  body: Maybe
  /** `Create`, `Replace`, `Upsert` or `Delete`; absent for stored procedures. */
  operationType?: string
  /** Only pre-triggers may set the body. */
  isBodyWritable: boolean
}

/** What a script asks of its container. `document` is an id or a `_rid`. */
export type CollectionCall =
  | { operation: 'create' | 'upsert'; body: unknown }
  | { operation: 'read'; document: string; ifNoneMatch?: string }
  | { operation: 'replace'; document: string; body: unknown; etag?: string }
  | { operation: 'delete'; document: string; etag?: string }
  | { operation: 'readFeed'; continuation?: string; pageSize?: number }
  | { operation: 'query'; query: unknown; continuation?: string; pageSize?: number }

/** What became of a call: `body` is JSON text, of a document or of a list of rows. */
export type CallResult =
  | { body?: string; continuation?: string; isNotModified?: boolean }
  | { error: { number: number; message: string } }

/** Why a script failed. `number` is the status code that it threw, if it threw one. */
export interface ScriptFailure {
  phase: 'compiling' | 'executing'
  text: string
  number?: number
}

/** How a script ended: what it has set, what it has logged, and its failure. */
export interface ScriptEnd {
  requestBody: Maybe
  responseBody: Maybe
  log: string
  failure?: ScriptFailure
}

/** What the emulator says to the sandbox. */
export type Order =
  | { kind: 'run'; job: ScriptJob }
  | { kind: 'results'; results: CallResult[] }
  /** A new session begins with functions made anew. */
  | { kind: 'evaluate'; session: number; name: string; source: string; nowMs: number; args: Maybe[] }

/** What the sandbox says to the emulator. */
export type Reply =
  | { kind: 'ready' }
  | { kind: 'calls'; calls: CollectionCall[] }
  | { kind: 'ended'; end: ScriptEnd }
  | { kind: 'value'; value: Maybe }
  | { kind: 'failed'; failure: ScriptFailure }
