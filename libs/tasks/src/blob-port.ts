/** Headers stored with a blob. */
export interface StoredHeaders {
  readonly contentType: string
  readonly cacheControl?: string
}

/** What a task runner needs of one blob container. The container of libs/blobs has this shape. */
export interface BlobPort {
  /** Facts of a blob; `undefined` where there is none. */
  head(blob: string): Promise<{ readonly etag: string; readonly sizeBytes: number } | undefined>
  readText(blob: string): Promise<string | undefined>
  /** Downloads the version with this etag (the current one without) into a local file, hashing as it goes. */
  download(
    blob: string,
    file: string,
    etag?: string,
  ): Promise<{ readonly sha256: string; readonly sizeBytes: number } | 'missing' | 'changed'>
  /** Writes a small blob whole, under a condition. */
  write(
    blob: string,
    content: string,
    headers: StoredHeaders,
    condition?: { readonly ifAbsent?: boolean; readonly ifMatch?: string },
  ): Promise<{ readonly etag: string } | 'refused'>
  writeFile(blob: string, file: string, headers: StoredHeaders): Promise<void>
  /** Renews the etag of a blob, if it still is this version. */
  touch(blob: string, etag: string): Promise<'touched' | 'refused'>
  remove(blob: string): Promise<unknown>
}
