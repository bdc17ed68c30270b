import type { Expression } from '../syntax/ast.ts'
import { isVectorDistance } from './vector-distance.ts'

/** The function that scores a text by the numbers of all documents, which it is told. */
export const textScoreName = '_FullTextScore'

/** Whether an expression is a score that only an order of documents can be made of. */
export function isScore(value: Expression): boolean {
  return isVectorDistance(value) || isTextScore(value)
}

function isTextScore(value: Expression): boolean {
  const name = value.kind === 'call' && !value.isUserDefined ? value.name : ''
  return name.toUpperCase() === textScoreName.toUpperCase()
}
