import type { ErrorCode } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'
import type { z } from 'zod'

/** Parses a value by a schema; a failure names each faulty field by JSON pointer. @throws the error with this code */
export function validate<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: ErrorCode = 'REQUEST_INVALID',
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    pointer: issue.path
      .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join(''),
    detail: issue.message.slice(0, 300),
  }))
  throw err(code, {
    detail: errors
      .map(({ pointer, detail }) => `${pointer || 'the value'}: ${detail}`)
      .join('; ')
      .slice(0, 1000),
    errors,
  })
}
