import { sqlError } from '../syntax/sql-error.ts'
import { arrayFunctions } from './array-functions.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'
import { dateFunctions } from './date-functions.ts'
import { fullTextFunctions } from './full-text-functions.ts'
import { mathFunctions } from './math-functions.ts'
import { spatialFunctions } from './spatial-functions.ts'
import { stringFunctions } from './string-functions.ts'
import { typeFunctions } from './type-functions.ts'
import { vectorFunctions } from './vector-functions.ts'

const all: BuiltIns = {
  ...typeFunctions,
  ...mathFunctions,
  ...stringFunctions,
  ...arrayFunctions,
  ...dateFunctions,
  ...spatialFunctions,
  ...vectorFunctions,
  ...fullTextFunctions,
}

const ofRank = /^(?:FULLTEXTSCORE|RRF)$/

/** The names of all built-in functions. */
export function functionNames(): string[] {
  return Object.keys(all).toSorted()
}

/** The function of this name, in any case of letters. `start` is where the name stands. @throws ServiceError 400 */
export function findFunction(name: string, start: number): BuiltIn {
  const upper = name.toUpperCase()
  const found = Object.hasOwn(all, upper) ? all[upper] : undefined
  if (found) return found
  const message = ofRank.test(upper)
    ? `'${name}' can only be used in 'ORDER BY RANK'.`
    : `'${name}' is not a recognized built-in function name.`
  throw sqlError('SC2005', message, { start, end: start + name.length })
}
