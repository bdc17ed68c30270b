import type { JobBody, RenditionBody } from '@zoetrope/contracts'

/** What became of one file. */
export interface FileResult {
  readonly file: string
  readonly assetId?: string
  readonly jobId?: string
  /** State of the job; `failed` also where the file never became one. */
  readonly state: JobBody['state']
  readonly error?: {
    readonly code: string
    readonly title: string
    readonly detail?: string
    readonly retry: boolean
  }
  readonly cost?: JobBody['cost']
  readonly renditions: readonly RenditionBody[]
  /** Where the results were downloaded to. */
  readonly folder?: string
}
