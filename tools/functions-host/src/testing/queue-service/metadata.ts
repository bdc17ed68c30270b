import type { IncomingMessage } from 'node:http'

/** What a queue is labelled with: names as they were first written, and values. */
export type Metadata = ReadonlyMap<string, string>

const prefix = 'x-ms-meta-'

/** The metadata that the headers of a request hold. */
export function readMetadata({ rawHeaders }: IncomingMessage): Metadata {
  const metadata = new Map<string, string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    if (name.toLowerCase().startsWith(prefix)) metadata.set(name.slice(prefix.length), value)
  }
  return metadata
}

/** Metadata as headers of an answer. */
export function metadataHeaders(metadata: Metadata): Record<string, string> {
  return Object.fromEntries([...metadata].map(([name, value]) => [`${prefix}${name}`, value]))
}

/** Whether two are the same; the case of names does not count. */
export function isSameMetadata(left: Metadata, right: Metadata): boolean {
  const values = new Map([...left].map(([name, value]) => [name.toLowerCase(), value]))
  return (
    left.size === right.size && [...right].every(([name, value]) => values.get(name.toLowerCase()) === value)
  )
}
