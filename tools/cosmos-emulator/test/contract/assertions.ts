import assert from 'node:assert/strict'

import type { RawAnswer } from '../signed-request.ts'

/** What the real client tells of a call that failed. */
export interface Failure {
  code: number
  substatus: number | undefined
  message: string
}

/** The failure of a call; a call that succeeds is one that fails the check. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call
  } catch (error) {
    const { code, substatus, message } = error as {
      code?: unknown
      substatus?: number
      message?: unknown
    }
    return { code: Number(code), substatus, message: String(message) }
  }
  return assert.fail('The call succeeded.')
}

/** Checks that a call fails with this status, this sub-status where given, and a message that matches. */
export async function fails(
  call: Promise<unknown>,
  code: number,
  message?: RegExp,
  substatus?: number,
): Promise<void> {
  const failure = await failureOf(call)
  assert.equal(failure.code, code, failure.message)
  if (message) assert.match(failure.message, message)
  if (substatus !== undefined) assert.equal(failure.substatus, substatus)
}

/** Checks the status of a call that succeeds, and gives its answer. */
export async function answers<T extends { statusCode?: number; code?: number }>(
  call: Promise<T>,
  status: number,
): Promise<T> {
  const answer = await call
  assert.equal(answer.statusCode ?? answer.code, status)
  return answer
}

/** Checks the status of a plain answer, and that an error says in JSON what is wrong. */
export function isAnswer(answer: RawAnswer, status: number, message?: RegExp): void {
  assert.equal(answer.status, status, answer.text)
  if (status >= 400) assert.match(String((answer.json as { message?: unknown }).message), message ?? /\w/)
}

/** Checks that a value holds at least these fields. */
export function holds(value: unknown, fields: Record<string, unknown>): void {
  const actual = Object.fromEntries(Object.keys(fields).map((key) => [key, (value as never)[key]]))
  assert.deepEqual(actual, fields)
}
