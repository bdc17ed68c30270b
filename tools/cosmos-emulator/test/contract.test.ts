import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContext } from './contract/contract-context.ts'
import type { ContractContext } from './contract/contract-context.ts'
import { contractRows } from './contract/contract-rows.ts'
import { routes } from '../src/http/routes.ts'

let context: ContractContext
beforeAll(async () => {
  context = await openContext()
})
afterAll(async () => {
  await context[Symbol.asyncDispose]()
})

describe.each(Object.entries(contractRows))('%s', (_, rows) => {
  it.each(rows)('$operation: $case', async ({ check }) => {
    await check(context)
  })
})

describe('the contract', () => {
  const rows = Object.values(contractRows).flat()

  it('has a row for every operation, and none of an operation that is not there', () => {
    const operations = new Set(routes.map(({ operation }) => operation))
    const described = new Set(rows.map(({ operation }) => operation))
    expect({
      withoutRows: [...operations.difference(described)],
      unknown: [...described.difference(operations)],
    }).toEqual({ withoutRows: [], unknown: [] })
  })

  it('has each case once, and a note where it differs', () => {
    const names = rows.map((row) => `${row.operation}: ${row.case}`)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(rows.filter(({ verdict, note }) => (verdict === 'differs') !== (note !== undefined))).toEqual([])
  })
})
