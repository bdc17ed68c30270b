import { describe, expect, it } from '@jest/globals'

import { functionNames } from '../src/sql/functions/registry.ts'
import { queryValues } from '../src/sql/query-values.ts'
import {
  caseDocument,
  functionCases,
  functionsIn,
  operatorCases,
  wrongCalls,
} from './contract/function-cases.ts'

/** Undefined stands for a result of no rows. */
function evaluate(expression: string): unknown {
  return queryValues({ query: `SELECT VALUE ${expression} FROM c` }, [caseDocument], Date.now())[0]
}

describe('a built-in function', () => {
  it.each(functionCases)('%s', (call, result) => {
    expect(evaluate(call)).toEqual(result)
  })

  it('is in this table, whichever it is', () => {
    const called = new Set(functionCases.flatMap(([call]) => functionsIn(call)))
    expect(functionNames().filter((name) => !called.has(name))).toEqual([])
  })

  it.each(wrongCalls)('that does not exist is refused: %s', (call) => {
    expect(() => evaluate(call)).toThrow(expect.objectContaining({ status: 400 }))
  })

  it('cannot hang on a regular expression', () => {
    expect(() => evaluate(`RegexMatch("${'a'.repeat(40)}!", "^(a+)+$")`)).toThrow(/too long/)
  })
})

describe('an operator', () => {
  it.each(operatorCases)('%s', (expression, result) => {
    expect(evaluate(expression)).toEqual(result)
  })
})
