import type { Container } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const functions = {
  tax: 'function (income) { return income === undefined ? "none" : income < 1000 ? income * 0.1 : income * 0.2 }',
  describe: '(a, b) => ({ a, b, list: [a, b] })',
  nothing: 'function () {}',
  notANumber: 'function () { return NaN }',
  fail: 'function (x) { throw new Error(`cannot bear ${x}`) }',
  broken: 'function (',
  endless: 'function () { for (;;); }',
  countCalls: '(() => { let calls = 0; return () => ++calls })()',
  outside: 'function () { return [typeof getContext, typeof __, typeof process].join() }',
  'with-dash': 'function () { return 1 }',
}
let opened: OpenedContainer
let container: Container

beforeAll(async () => {
  opened = await openContainer({}, { scriptBudgetMs: 1000 })
  container = opened.container
  for (const [id, body] of Object.entries(functions))
    await container.scripts.userDefinedFunctions.create({ id, body })
  for (const [id, income] of Object.entries({ a: 500, b: 2000, c: undefined }))
    await container.items.create({ id, tenantId: 't1', income })
})

afterAll(async () => opened[Symbol.asyncDispose]())

async function query(text: string): Promise<unknown[]> {
  return (await container.items.query(text).fetchAll()).resources
}

describe('a user-defined function', () => {
  it('is called in SELECT, WHERE and ORDER BY, and may get nothing', async () => {
    expect(await query('SELECT VALUE udf.tax(c.income) FROM c ORDER BY c.id')).toEqual([50, 400, 'none'])
    expect(await query('SELECT VALUE c.id FROM c WHERE udf.tax(c.income) > 100')).toEqual(['b'])
    expect(await query('SELECT VALUE SUM(udf.tax(c.income)) FROM c WHERE IS_NUMBER(c.income)')).toEqual([450])
  })

  it('takes and gives any JSON', async () => {
    expect(await query('SELECT VALUE udf.describe([1, null], {"x": true})')).toEqual([
      { a: [1, null], b: { x: true }, list: [[1, null], { x: true }] },
    ])
  })

  it('gives undefined where it returns nothing, or what JSON cannot hold', async () => {
    expect(await query('SELECT udf.nothing() AS a, udf.notANumber() AS b, 1 AS c')).toEqual([{ c: 1 }])
  })

  it('keeps what it remembers for one query only', async () => {
    expect(await query('SELECT VALUE udf.countCalls() FROM c')).toEqual([1, 2, 3])
    expect(await query('SELECT VALUE udf.countCalls() FROM c')).toEqual([1, 2, 3])
  })

  it('sees neither the container nor the process', async () => {
    expect(await query('SELECT VALUE udf.outside()')).toEqual(['undefined,undefined,undefined'])
  })

  it('is told by its error', async () => {
    await expect(query('SELECT VALUE udf.fail(c.id) FROM c')).rejects.toMatchObject({
      code: 400,
      message: expect.stringMatching(/executing Javascript. Exception = Error: cannot bear a/),
    })
    await expect(query('SELECT VALUE udf.broken()')).rejects.toMatchObject({
      code: 400,
      message: expect.stringMatching(/compiling Javascript. Exception = SyntaxError/),
    })
    await expect(query('SELECT VALUE udf.missing()')).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining("'missing'"),
    })
  })

  it('is ended with 408 where it does not end', async () => {
    await expect(query('SELECT VALUE udf.endless()')).rejects.toMatchObject({ code: 408 })
    expect(await query('SELECT VALUE udf.tax(10)')).toEqual([1])
  })

  it('is called by the query of a stored procedure, which is ended with it', async () => {
    const body = `function (name) {
      __.queryDocuments(__.getSelfLink(), 'SELECT VALUE udf.' + name + '(c.income) FROM c WHERE c.id = "a"',
        (error, rows) => __.response.setBody(error ? error.number : rows))
    }`
    await container.scripts.storedProcedures.create({ id: 'query', body })
    const execute = async (name: string): Promise<unknown> =>
      (await container.scripts.storedProcedure('query').execute('t1', [name])).resource
    expect(await execute('tax')).toEqual([50])
    expect(await execute('fail')).toBe(400)
    await expect(execute('endless')).rejects.toMatchObject({ code: 408 })
    expect(await execute('tax')).toEqual([50])
  })

  it('is called in the condition of a patch', async () => {
    const patch = {
      condition: 'from c where udf.tax(c.income) = 50',
      operations: [{ op: 'add' as const, path: '/patched', value: true }],
    }
    expect((await container.item('a', 't1').patch(patch)).resource).toMatchObject({ patched: true })
    await expect(container.item('b', 't1').patch(patch)).rejects.toMatchObject({ code: 412 })
  })
})
