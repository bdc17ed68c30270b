import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js'

import type { TypedData } from '../../worker/protocol.ts'
import { readEnvelope } from './envelope.ts'
import { toText } from './typed-text.ts'

/** What a client gets for what a tool function returned. `isWrapped`: the library has put the value into its envelope. @throws Error for an envelope that holds no content */
export function toToolResult(returned: TypedData | null | undefined, isWrapped: boolean): CallToolResult {
  const text = toText(returned)
  if (text === undefined) return { content: [] }
  if (!isWrapped) return { content: [{ type: 'text', text }] }
  const envelope = readEnvelope(text)
  if (!envelope) throw new Error(`What the function returned is no tool result: ${text.slice(0, 200)}`)
  const content = (
    envelope.type === 'multi_content_result' ? envelope.content : [envelope.content]
  ) as ContentBlock[]
  if (!Array.isArray(content) || content.length === 0 || content.some((block) => !block))
    throw new Error(`A tool result of type "${envelope.type}" has no content.`)
  return {
    content,
    ...(envelope.structuredContent === undefined
      ? {}
      : { structuredContent: envelope.structuredContent as Record<string, unknown> }),
  }
}
