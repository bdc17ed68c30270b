/** The form in which workers pass on what is more than text: a kind, and its content as JSON in a string. */
export interface Envelope {
  readonly type: string
  readonly content: unknown
  readonly structuredContent: unknown
}

/** Reads an envelope; undefined for whatever is none. Names of fields are taken in any case, as the real extension does. */
export function readEnvelope(text: string): Envelope | undefined {
  const value = parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  const fields = new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field as unknown]))
  const [type, content] = [fields.get('type'), fields.get('content')]
  if (typeof type !== 'string' || typeof content !== 'string') return undefined
  const structured = fields.get('structuredcontent')
  const inner = parse(content)
  if (inner === undefined) return undefined
  return {
    type,
    content: inner,
    structuredContent: typeof structured === 'string' ? parse(structured) : structured,
  }
}

/** JSON as a value; undefined for text that is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
