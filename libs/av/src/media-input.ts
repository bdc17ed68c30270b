/** Where the bytes of a source are. A local file: the task runner has downloaded it, pinned by its etag. */
export interface MediaInput {
  readonly path: string
}
