import type { GetPromptResult } from '@modelcontextprotocol/sdk/types.js'

import type { TypedData } from '../../worker/protocol.ts'
import { parse, readEnvelope } from './envelope.ts'
import { toText } from './typed-text.ts'

/** What a client gets for what a prompt function returned: the JSON of a prompt result as it is, other text as one message of the user. @throws Error for an envelope of an unknown type */
export function toPromptResult(returned: TypedData | null | undefined): GetPromptResult {
  const text = toText(returned)
  if (text === undefined) return { messages: [] }
  const envelope = readEnvelope(text)
  if (envelope) return unwrap(envelope)
  const value = parse(text)
  if (isPromptResult(value)) return { ...value, messages: value.messages ?? [] }
  return { messages: [{ role: 'user', content: { type: 'text', text } }] }
}

function unwrap({ type, content }: { readonly type: string; readonly content: unknown }): GetPromptResult {
  if (type === 'prompt_messages') return { messages: content as GetPromptResult['messages'] }
  if (type !== 'get_prompt_result') throw new Error(`A prompt result of type "${type}" is not known.`)
  return { messages: [], ...(content as Partial<GetPromptResult>) }
}

function isPromptResult(value: unknown): value is Partial<GetPromptResult> {
  if (typeof value !== 'object' || value === null) return false
  const { messages, description } = value as { messages?: unknown; description?: unknown }
  return (Array.isArray(messages) && messages.length > 0) || typeof description === 'string'
}
