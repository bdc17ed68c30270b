import { ServiceError } from '../errors.ts'
import type { ScriptFailure } from './messages.ts'

const longestLogCharacters = 8 * 1024

/** 400 for a script that does not compile or that threw; the sub-status is the number that it threw, if any. */
export function scriptFailed({ phase, text, number }: ScriptFailure, log = ''): ServiceError {
  const told = `Encountered exception while ${phase} Javascript. Exception = ${text}`
  return new ServiceError(400, 'BadRequest', `Message: {"Errors":[${JSON.stringify(told)}]}`, {
    ...(number === undefined ? {} : { substatus: number }),
    headers: logHeaders(log),
  })
}

/** What a script has logged, as the header that tells it: percent-encoded, and cut at 8 KB since clients refuse long headers. */
export function logHeaders(log: string): Record<string, string> {
  if (log === '') return {}
  let encoded = encodeURIComponent(log.toWellFormed())
  if (encoded.length > longestLogCharacters) {
    // Never cut within the bytes of one character.
    encoded = encoded.slice(0, longestLogCharacters).replace(/%[^%]?$/, '')
    while (!isDecodable(encoded)) encoded = encoded.replace(/%..$/, '')
  }
  return { 'x-ms-documentdb-script-log-results': encoded }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
