/** The properties that the service gives every document; what a client sends for them is dropped. */
export const systemProperties: readonly string[] = ['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn']
