import type { MessageEncoding } from '../storage/message-encoding.ts'

/** The bytes of a message; undefined when the queue holds base64 and this is none. */
export function decodeBody(text: string, encoding: MessageEncoding): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text)
  const digits = text.replaceAll(/\s/g, '')
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined
  return Buffer.from(digits, 'base64')
}
