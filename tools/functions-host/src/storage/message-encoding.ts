import { AppError } from '../errors.ts'
import { JsonSection } from '../config/json-section.ts'

/** How the text of a message holds its bytes: as base64, or as they are. */
export type MessageEncoding = 'base64' | 'none'

/** Reads `messageEncoding` of `extensions.queues` of host.json, for what is read from queues and written to them. @throws AppError */
export function readMessageEncoding(queues: Readonly<Record<string, unknown>> | undefined): MessageEncoding {
  const section = JsonSection.of(queues, 'host.json: extensions.queues')
  const text = section.text('messageEncoding') ?? 'base64'
  const encoding = text.toLowerCase()
  if (encoding === 'base64' || encoding === 'none') return encoding
  throw new AppError(
    `${section.place('messageEncoding')}: ${JSON.stringify(text)} must be "base64" or "none".`,
  )
}
