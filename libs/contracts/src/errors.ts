import { z } from 'zod'

import type { ErrorCategory, ErrorCode, ErrorEntry } from './error-catalogue.ts'
import { errorCatalogue } from './error-catalogue.ts'

const retriedCategories: ReadonlySet<ErrorCategory> = new Set([
  'throttled',
  'timeout',
  'dependency',
  'internal',
])

/** Extra facts of one error. `detail` may be shown to the tenant; `cause` and `context` are logged only. */
export interface ErrorFacts {
  readonly detail?: string
  /** One entry per faulty field: JSON pointer and what is wrong with it. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[]
  readonly retryAfterMs?: number
  /** HTTP headers that belong to the answer, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
  readonly context?: Readonly<Record<string, unknown>>
}

/** An error of the catalogue. Made by {@link err}. */
export class ZoetropeError extends Error {
  override readonly name = 'ZoetropeError'
  readonly code: ErrorCode
  readonly category: ErrorCategory
  readonly status: number
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    const entry: ErrorEntry = errorCatalogue[code]
    super(facts.detail ? `${code}: ${facts.detail}` : `${code}: ${entry.title}`, { cause: facts.cause })
    this.code = code
    this.category = entry.category
    this.status = entry.status
    this.facts = facts
  }
}

/** Makes the error of the catalogue with this code, to be thrown. */
export function err(code: ErrorCode, facts: ErrorFacts = {}): ZoetropeError {
  return new ZoetropeError(code, facts)
}

/** Says whether trying again can help, by the category alone. */
export function isRetried(category: ErrorCategory): boolean {
  return retriedCategories.has(category)
}

/** Turns anything thrown into an error of the catalogue; what is unknown becomes `INTERNAL` with the cause kept. */
export function toZoetropeError(thrown: unknown): ZoetropeError {
  return thrown instanceof ZoetropeError ? thrown : err('INTERNAL', { cause: thrown })
}

/** An error as it crosses a boundary (task results, documents): what survives JSON. */
export const ErrorBody = z.object({
  code: z.string(),
  category: z.enum([
    'input',
    'limit',
    'denied',
    'missing',
    'conflict',
    'canceled',
    'throttled',
    'timeout',
    'dependency',
    'internal',
  ]),
  title: z.string(),
  detail: z.string().optional(),
  retry: z.boolean(),
})
/** An error as it crosses a boundary. */
export type ErrorBody = z.infer<typeof ErrorBody>

/** The boundary form of an error. */
export function toErrorBody(thrown: unknown): ErrorBody {
  const error = toZoetropeError(thrown)
  return {
    code: error.code,
    category: error.category,
    title: errorCatalogue[error.code].title,
    ...(error.facts.detail ? { detail: error.facts.detail.slice(0, 2000) } : {}),
    retry: isRetried(error.category),
  }
}
