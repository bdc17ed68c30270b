import { sqlError } from '../sql-error.ts'
import { arrayFunctions } from './array-functions.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'
import { dateFunctions } from './date-functions.ts'
import { mathFunctions } from './math-functions.ts'
import { stringFunctions } from './string-functions.ts'
import { typeFunctions } from './type-functions.ts'

const all: BuiltIns = {
  ...typeFunctions,
  ...mathFunctions,
  ...stringFunctions,
  ...arrayFunctions,
  ...dateFunctions,
}

const notBuilt = /^(?:ST_|VECTORDISTANCE$|FULLTEXT|RRF$|DATETIMEFORMAT$)/

/** The names of all built-in functions. */
export function functionNames(): string[] {
  return Object.keys(all).toSorted()
}

/** The function of this name, in any case of letters. @throws ServiceError 400 for one that only the service has */
export function findFunction(name: string): BuiltIn | undefined {
  const upper = name.toUpperCase()
  if (Object.hasOwn(all, upper)) return all[upper]
  if (notBuilt.test(upper)) throw sqlError('SC2005', `The emulator does not have the function '${name}'.`)
  return undefined
}
