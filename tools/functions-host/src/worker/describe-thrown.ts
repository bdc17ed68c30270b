import { inspect } from 'node:util'

/** What is known of a value that was thrown. */
export interface ThrownDescription {
  readonly message: string
  /** Empty where there is none. */
  readonly stack: string
}

/** Describes whatever was thrown: code may throw more than errors. Never throws, even for a value that resists. */
export function describeThrown(thrown: unknown): ThrownDescription {
  try {
    if (thrown instanceof Error) return { message: String(thrown.message), stack: String(thrown.stack ?? '') }
    return { message: toText(thrown), stack: '' }
  } catch {
    return { message: 'A value that cannot be shown was thrown.', stack: '' }
  }
}

/** The stack, else the message. */
export function describeAtLength(thrown: unknown): string {
  const { message, stack } = describeThrown(thrown)
  return stack || message
}

function toText(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    // It holds itself, or a BigInt.
    return inspect(thrown)
  }
}
