import { ServiceError } from '../../errors.ts'

const longestRunMs = 5000
const stepsBetweenLooks = 16

/** A check to be called for each row: it throws once a query has run for too long, so that no query can hang the emulator. */
export function deadline(): () => void {
  const endsAt = performance.now() + longestRunMs
  let steps = 0
  return () => {
    steps += 1
    if (steps % stepsBetweenLooks === 0 && performance.now() > endsAt)
      throw new ServiceError(408, 'RequestTimeout', `The query ran longer than ${longestRunMs} ms.`)
  }
}
