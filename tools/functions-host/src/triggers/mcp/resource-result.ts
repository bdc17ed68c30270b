import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js'

import type { TypedData } from '../../worker/protocol.ts'
import { parse, readEnvelope } from './envelope.ts'
import { toText } from './typed-text.ts'

type Contents = ReadResourceResult['contents'][number]

/** What a client gets for what a resource function returned: bytes as a blob, everything else as text. */
export function toResourceResult(
  returned: TypedData | null | undefined,
  { uri, mimeType }: { readonly uri: string; readonly mimeType: string | undefined },
): ReadResourceResult {
  const common = { uri, ...(mimeType === undefined ? {} : { mimeType }) }
  if (returned?.bytes)
    return { contents: [{ ...common, blob: Buffer.from(returned.bytes).toString('base64') }] }
  const text = toText(returned)
  if (text === undefined) return { contents: [] }
  const whole = parse(text) as Partial<ReadResourceResult> | null | undefined
  // A result of the protocol, as its own SDK makes them.
  if (Array.isArray(whole?.contents)) return { contents: whole.contents }
  const given = readEnvelope(text)?.content as Partial<Contents> | null | undefined
  const isContents = typeof given === 'object' && given !== null && ('text' in given || 'blob' in given)
  if (!isContents) return { contents: [{ ...common, text }] }
  const filled = Object.entries(given).filter(([, value]) => value !== '' && value !== null)
  // An empty text is content; an empty uri or type is none.
  const empty = 'text' in given && given.text === '' ? { text: '' } : {}
  return { contents: [{ ...common, ...Object.fromEntries(filled), ...empty } as Contents] }
}
