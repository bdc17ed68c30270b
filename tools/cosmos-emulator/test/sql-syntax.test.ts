import { describe, expect, it } from '@jest/globals'

import { ServiceError } from '../src/errors.ts'
import { queryValues } from '../src/sql/query-values.ts'
import { isSameShape } from '../src/sql/syntax/ast.ts'
import { parseQuery } from '../src/sql/syntax/parse-query.ts'
import { openContainer } from './open-container.ts'

const document = { id: '1', a: { b: [1, 2] }, list: [3, 1], order: 'o', value: 'v' }

/** The one error of the body that a wrong query is answered with. */
function errorOf(query: string): unknown {
  try {
    queryValues({ query }, [document], 0)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const body = JSON.parse(error.message.replace(/^Message: /, '')) as { errors: unknown[] }
    return { status: error.status, ...(body.errors[0] as object) }
  }
  return undefined
}

// Left as written, right with the brackets that it stands for.
const precedence: [written: string, bracketed: string][] = [
  ['1 / 2 * 3 % 4', '((1 / 2) * 3) % 4'],
  ['1 + 2 - 3 + 4', '((1 + 2) - 3) + 4'],
  ['1 < 2 <= 3 > 4 >= 5', '(((1 < 2) <= 3) > 4) >= 5'],
  ['1 = 2 != 3 = 4', '((1 = 2) != 3) = 4'],
  ['1 | 2 & 3 ^ 4', '1 | ((2 & 3) ^ 4)'],
  ['1 AND 2 OR 3 AND 4', '(1 AND 2) OR (3 AND 4)'],
  ['1 ? 2 : 3 + 4', '1 ? 2 : (3 + 4)'],
  ['1 + 2 * 3 - 4 / 5', '(1 + (2 * 3)) - (4 / 5)'],
  ['1 + 2 < 2 + 3 <= 10 - 4', '((1 + 2) < (2 + 3)) <= (10 - 4)'],
  ['1 > 2 = false AND 1 > 2 != true', '((1 > 2) = false) AND ((1 > 2) != true)'],
  ['1 = 2 & 3 != 4', '(1 = 2) & (3 != 4)'],
  ['1 ^ 2 & 3 ^ 4', '(1 ^ (2 & 3)) ^ 4'],
  ['1 | 2 ^ 3 | 4', '(1 | (2 ^ 3)) | 4'],
  ['1 AND 2 | 3 AND 4', '(1 AND (2 | 3)) AND 4'],
  ['1 OR 2 AND 3 OR 4', '(1 OR (2 AND 3)) OR 4'],
  ['1 || 2 OR 3 || 4', '(1 || (2 OR 3)) || 4'],
  ['1 << 2 + 3 < 4', '(1 << (2 + 3)) < 4'],
  ['c.a ?? c.b ?? 1', 'c.a ?? (c.b ?? 1)'],
  ['NOT c.a AND -c.b * 2 > 1', '(NOT c.a) AND (((-c.b) * 2) > 1)'],
  ['c.a + 1 IN (1, 2) AND true', '((c.a + 1) IN (1, 2)) AND true'],
  ['c.a BETWEEN 1 AND 2 AND true', '(c.a BETWEEN 1 AND 2) AND true'],
  ['c.a NOT LIKE "x" OR true', '(c.a NOT LIKE "x") OR true'],
]

const accepted: [query: string, result: unknown[]][] = [
  ['select value C.id from C where C["id"] = \'1\' -- the end', ['1']],
  ['SELECT VALUE c["order"] || c["value"] FROM c', ['ov']],
  ['SELECT {order: 1, "select": c["value"]} AS x FROM c', [{ x: { order: 1, select: 'v' } }]],
  ['SELECT VALUE x FROM x IN c["a"]["b"]', [1, 2]],
  ['SELECT VALUE x FROM x IN c.a["b"]', [1, 2]],
  ['SELECT VALUE b[0] FROM c.a.b', [1]],
  ['SELECT VALUE b FROM c.a.b[1]', [2]],
  ['SELECT * FROM c.a', [{ b: [1, 2] }]],
  ['SELECT VALUE 1 FROM (SELECT VALUE c.id FROM c)', [1]],
  ['SELECT * FROM (SELECT VALUE c.id FROM c)', ['1']],
  ['SELECT VALUE ALL.id FROM ALL', ['1']],
  ['SELECT c.a.b[0] AS FIRST, c.list[1] last FROM c', [{ FIRST: 1, last: 1 }]],
  ['SELECT VALUE FIRST(SELECT VALUE t FROM t IN c.list) FROM c', [3]],
  ['SELECT VALUE LAST(SELECT VALUE t FROM t IN c.list) FROM c', [1]],
  ['SELECT VALUE FIRST(SELECT VALUE t FROM t IN c.list WHERE t > 5) FROM c', []],
  ['SELECT VALUE 1E2 + 0xFF + .5 + 1.', [356.5]],
  ['SELECT VALUE "\\u0041\\n\\"\\\\\\/"', ['A\n"\\/']],
  ['SELECT VALUE c FROM c WHERE c.id<>"1"', []],
]

// Positions count from 0; `end` is one past the last character.
const refused: [query: string, code: string, start: number, end: number, message: RegExp][] = [
  ['SELEC * FROM c', 'SC1001', 0, 5, /incorrect syntax near 'SELEC'/],
  ['SELECT * FORM c', 'SC1001', 9, 13, /near 'FORM'/],
  ['SELECT ROW_NUMBER() OVER(c.a) FROM c', 'SC1001', 24, 25, /near '\('/],
  ['SELECT c.id AS Value FROM c', 'SC1001', 15, 20, /near 'Value'/],
  ['SELECT c.order FROM c', 'SC1001', 9, 14, /near 'order'/],
  ['SELECT * FROM c WHERE c.a = "x" "y"', 'SC1001', 32, 35, /near '"y"'/],
  ['/* no */ SELECT 1', 'SC1001', 0, 1, /near '\/'/],
  ['SELECT # FROM c', 'SC1001', 7, 8, /near '#'/],
  ['SELECT * FROM c WHERE', 'SC1002', 21, 21, /unexpected end-of-file/],
  ['SELECT VALUE 42 +', 'SC1002', 17, 17, /unexpected end-of-file/],
  ['', 'SC1002', 0, 0, /unexpected end-of-file/],
  ['SELECT * FROM c OFFSET 10', 'SC1002', 25, 25, /unexpected end-of-file/],
  ['SELECT * FROM c LIMIT 10', 'SC1001', 16, 21, /near 'LIMIT'/],
  ['SELECT * FROM c OFFSET "a" LIMIT 10', 'SC1001', 23, 26, /near '"a"'/],
  ['SELECT VALUE -0.E', 'SC1010', 14, 17, /invalid numeric value token '0\.E'/],
  ['SELECT * FROM c WHERE c.a = 5f6e', 'SC1010', 28, 32, /'5f6e'/],
  ['SELECT VALUE "hello', 'SC1012', 13, 19, /invalid string literal token '"hello'/],
  ['SELECT x.id FROM c', 'SC2001', 7, 8, /Identifier 'x' could not be resolved/],
  ['SELECT BADFUNC(r.age) FROM Root r', 'SC2005', 7, 14, /'BADFUNC' is not a recognized built-in/],
  ['SELECT udf.mine(1) FROM c', 'SC2006', 7, 18, /'mine' is not a recognized user-defined/],
  ['SELECT VALUE ABS(1, 2)', 'SC2050', 13, 22, /The ABS function requires 1 argument/],
  ['SELECT * FROM r WHERE STARTSWITH(r.a)', 'SC2050', 22, 37, /STARTSWITH function requires 2 to 3/],
  ['SELECT *', 'SC2040', 0, 8, /FROM clause is omitted/],
  ['SELECT * FROM c JOIN t IN c.list', 'SC2041', 0, 32, /single input set/],
  ['SELECT VALUE ARRAY(SELECT VALUE t FROM t IN c.list ORDER BY t) FROM c', 'SC2202', 60, 61, /ORDER BY/],
  ['SELECT VALUE (SELECT VALUE t FROM t IN c.list) FROM c', 'SC2200', 13, 46, /greater than one/],
  ['SELECT VALUE ALL(SELECT VALUE t FROM t IN c.list) FROM c', 'SC2201', 13, 49, /subqueries of ALL/],
  ['SELECT VALUE MAX(MIN(r)) FROM r', 'SC2101', 17, 23, /not allowed here/],
  ['SELECT VALUE t FROM t IN [1, 2]', 'SC1001', 25, 26, /near '\['/],
  ['SELECT * FROM c ORDER BY RANK 1', 'SC1001', 30, 31, /near '1'/],
]

describe('the text of a query', () => {
  it.each(precedence)('binds as the published grammar does: %s', (written, bracketed) => {
    const [a, b] = [parseQuery(`SELECT VALUE ${written}`), parseQuery(`SELECT VALUE ${bracketed}`)]
    expect(isSameShape(a.select, b.select)).toBe(true)
  })

  it.each(accepted)('%s', (query, result) => {
    expect(queryValues({ query }, [document], 0)).toEqual(result)
  })

  it.each(refused)('is refused with code, place and reason: %s', (query, code, start, end, message) => {
    expect(errorOf(query)).toEqual({
      status: 400,
      severity: 'Error',
      location: { start, end },
      code,
      message: expect.stringMatching(message),
    })
  })

  it('is refused, never run into the ground, where it nests or chains too far', () => {
    const tooFar = [
      `SELECT VALUE ${'('.repeat(5000)}1`,
      `SELECT VALUE ${'['.repeat(5000)}1`,
      `SELECT VALUE ${'NOT '.repeat(5000)}1`,
      `SELECT VALUE c${'.a'.repeat(5000)} FROM c`,
      `SELECT VALUE 1 FROM c${'.a'.repeat(5000)}`,
      `SELECT VALUE ${'1 + '.repeat(50_000)}1`,
      `SELECT VALUE ${'(1 + '.repeat(150)}1${' + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1)'.repeat(150)}`,
      `SELECT VALUE ${'1 ?? '.repeat(5000)}1`,
      `SELECT VALUE ${'ARRAY(SELECT VALUE '.repeat(1000)}1`,
    ]
    expect(tooFar.map(errorOf)).toEqual(
      tooFar.map(() => expect.objectContaining({ status: 400, code: 'SC3020' })),
    )
  })

  it('may chain thousands of operators beside GROUP BY', () => {
    const sum = `c.a${' + c.a'.repeat(1900)}`
    expect(
      queryValues({ query: `SELECT VALUE COUNT(1) FROM c GROUP BY ${sum}, c.id` }, [document], 0),
    ).toEqual([1])
  })

  it('is refused over the wire in a body that names code, place and activity', async () => {
    await using opened = await openContainer()
    const failure = async (query: string): Promise<{ code: string; message: string }> => {
      const error: unknown = await opened.container.items
        .query(query)
        .fetchAll()
        .catch((thrown: unknown) => thrown)
      return (error as { body: { code: string; message: string } }).body
    }

    const { code, message } = await failure('SELECT * FORM c')
    const [, errors, activity] = /^Message: (.*)\r\nActivityId: ([0-9a-f-]{36})/.exec(message) ?? []

    expect({ code, errors: JSON.parse(errors ?? '') as unknown, activity }).toEqual({
      code: 'BadRequest',
      errors: {
        errors: [
          {
            severity: 'Error',
            location: { start: 9, end: 13 },
            code: 'SC1001',
            message: "Syntax error, incorrect syntax near 'FORM'.",
          },
        ],
      },
      activity: expect.any(String),
    })
    expect((await failure('SELECT * FROM c ORDER BY LOWER(c.a)')).message).toContain(
      '{"errors":[{"severity":"Error","message":"Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path."}]}',
    )
    expect((await failure('SELECT * FROM c ORDER BY c.a, c.b')).message).toContain(
      '{"Errors":["The order by query does not have a corresponding composite index that it can be served from."]}',
    )
    expect((await failure('SELECT FullTextScore(c.a, "x") FROM c')).message).toContain(
      "'FullTextScore' can only be used in 'ORDER BY RANK'.",
    )
  })
})
