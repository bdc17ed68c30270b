import type { ErrorCode, MediaInfo } from '@zoetrope/contracts'

/** An input of a task as its child process sees it: a local file. */
export interface ChildInput {
  readonly name: string
  readonly file: string
  readonly contentType: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** What a child process is asked to do. */
export interface ChildJob {
  readonly operation: string
  readonly parameters: Record<string, unknown>
  readonly inputs: readonly ChildInput[]
  /** An empty folder; everything the operation puts out lies under it. */
  readonly outputFolder: string
}

/** A file that a child process made. `path` is relative to the output folder, with slashes. */
export interface ChildOutput {
  readonly name: string
  readonly path: string
  readonly contentType: string
  readonly media?: MediaInfo
}

/** What a child process answers. */
export interface ChildResult {
  readonly outputs: readonly ChildOutput[]
  readonly media?: MediaInfo
  readonly facts?: Record<string, unknown>
}

/** How far a child process is. */
export interface ChildProgress {
  readonly phase: string
  readonly percent: number
}

/** From the parent to a child. */
export interface ChildRequest {
  readonly runId: number
  readonly job: ChildJob
}

/** From a child to its parent. */
export type ChildReply =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly runId: number; readonly progress: ChildProgress }
  | { readonly type: 'done'; readonly runId: number; readonly result: ChildResult }
  | {
      readonly type: 'failed'
      readonly runId: number
      readonly code: ErrorCode
      readonly detail?: string
      /** For the log: what lies behind it. */
      readonly cause: string
    }
