import { holdsPhrase } from '../compile/full-text.ts'
import { allOf, anyOf, lenient } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

/** Functions that look for words in a text; undefined where the text is none. */
export const fullTextFunctions: BuiltIns = {
  FULLTEXTCONTAINS: search(2, (found) => found[0]),
  FULLTEXTCONTAINSALL: search(1000, allOf),
  FULLTEXTCONTAINSANY: search(1000, anyOf),
}

function search(most: number, combine: (found: (boolean | undefined)[]) => boolean | undefined): BuiltIn {
  return lenient(2, most, (text, ...phrases) =>
    typeof text === 'string'
      ? combine(phrases.map((phrase) => (typeof phrase === 'string' ? holdsPhrase(text, phrase) : undefined)))
      : undefined,
  )
}
