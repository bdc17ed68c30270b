import { holdsPhrase, textScore, wordsOf } from '../compile/full-text.ts'
import { allOf, anyOf, lenient } from './built-in.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

/** Functions that look for words in a text; undefined where the text is none. */
export const fullTextFunctions: BuiltIns = {
  FULLTEXTCONTAINS: search(2, (found) => found[0]),
  FULLTEXTCONTAINSALL: search(1000, allOf),
  FULLTEXTCONTAINSANY: search(1000, anyOf),
  // What `ORDER BY RANK` is made of, also in the queries of a plan.
  _FULLTEXTWORDCOUNT: lenient(1, 1, (text) => (typeof text === 'string' ? wordsOf(text).length : undefined)),
  _FULLTEXTSCORE: lenient(5, 5, score),
}

/** A document without a text holds nothing that is looked for, yet it may be found by another score. */
function score(...[text, phrases, documentCount, totalWordCount, hitCounts]: unknown[]): number | undefined {
  if (!isListOf('string', phrases) || !isListOf('number', hitCounts)) return undefined
  if (typeof documentCount !== 'number' || typeof totalWordCount !== 'number') return undefined
  const statistics = { documentCount, totalWordCount, hitCounts: hitCounts as number[] }
  return typeof text === 'string' ? textScore(text, phrases as string[], statistics) : 0
}

function isListOf(type: 'string' | 'number', value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === type)
}

function search(most: number, combine: (found: (boolean | undefined)[]) => boolean | undefined): BuiltIn {
  return lenient(2, most, (text, ...phrases) =>
    typeof text === 'string'
      ? combine(phrases.map((phrase) => (typeof phrase === 'string' ? holdsPhrase(text, phrase) : undefined)))
      : undefined,
  )
}
