import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContext } from './contract/contract-context.ts'
import type { ContractContext } from './contract/contract-context.ts'
import { contractRows } from './contract/contract-rows.ts'

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

  it('has each case once, and a note where it differs', () => {
    const names = rows.map((row) => `${row.operation}: ${row.case}`)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(rows.filter(({ verdict, note }) => (verdict === 'differs') !== (note !== undefined))).toEqual([])
  })
})
