import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Container } from '@azure/cosmos'

import { openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const tenant = 't1'
let opened: OpenedContainer
let container: Container
let made = 0

beforeAll(async () => {
  opened = await openContainer()
  container = opened.container
})

afterAll(async () => opened[Symbol.asyncDispose]())

/** Stores a procedure and runs it in the partition `t1`. */
async function run(body: string, parameters: unknown[] = [], options: object = {}): Promise<Answer> {
  made += 1
  const id = `procedure${made}`
  await container.scripts.storedProcedures.create({ id, body })
  return container.scripts.storedProcedure(id).execute(tenant, parameters, options)
}

interface Answer {
  resource?: unknown
  headers: object
}

async function resultOf(body: string, parameters: unknown[] = []): Promise<unknown> {
  return (await run(body, parameters)).resource
}

async function failureOf(
  call: Promise<unknown>,
): Promise<{ code: number; message: string; substatus?: number }> {
  try {
    await call
  } catch (error) {
    return error as never
  }
  throw new Error('It did not fail.')
}

async function countItems(): Promise<number> {
  const { resources } = await container.items
    .query<number>('SELECT VALUE COUNT(1) FROM c', { partitionKey: tenant })
    .fetchAll()
  return resources[0] ?? 0
}

describe('what a stored procedure answers', () => {
  it('is the body that it sets, with its parameters', async () => {
    expect(
      await resultOf('function (a, b) { getContext().getResponse().setBody({ sum: a + b }) }', [1, 2]),
    ).toEqual({ sum: 3 })
  })

  it('is appended, may be any JSON, and is empty where nothing is set', async () => {
    expect(
      await resultOf('() => { const r = __.response; r.setBody("a"); r.appendBody("b"); r.appendBody(1) }'),
    ).toBe('ab1')
    expect(await resultOf('function () { getContext().getResponse().setBody([1, null]) }')).toEqual([1, null])
    expect(await resultOf('function () { return 7 }')).toBe('')
  })

  it('may come from async functions and generators', async () => {
    const body = `async function () {
      const read = () => new Promise((resolve, reject) =>
        __.queryDocuments(__.getSelfLink(), 'SELECT VALUE 1', (error, rows) => error ? reject(error) : resolve(rows)))
      function* numbers() { yield 1; yield 2 }
      getContext().getResponse().setBody([...numbers(), ...(await read())])
    }`
    expect(await resultOf(body)).toEqual([1, 2, 1])
  })
})

describe('the time of a script', () => {
  it('is that of the account, in a procedure and in a function', async () => {
    const nowMs = Date.UTC(2001, 1, 3)
    await using dated = await openContainer({}, { clock: () => nowMs })
    const { scripts, items } = dated.container
    const body =
      'function () { __.response.setBody([new Date().getFullYear(), new Date(Date.now()).getMonth(), new Date(2020, 5).getMonth()]) }'
    await scripts.storedProcedures.create({ id: 'date', body })
    expect((await scripts.storedProcedure('date').execute('t1')).resource).toEqual([2001, 1, 5])
    await scripts.userDefinedFunctions.create({
      id: 'year',
      body: 'function () { return new Date().getFullYear() }',
    })
    expect((await items.query('SELECT VALUE udf.year()').fetchAll()).resources).toEqual([2001])
  })
})

describe('what a stored procedure does with its container', () => {
  it('creates, reads, replaces, upserts, queries and deletes, by both kinds of links', async () => {
    const body = `function () {
      const all = getContext().getCollection()
      const steps = []
      const note = (name) => (error, result) => { if (error) throw error; steps.push([name, result && result.n]) }
      all.createDocument(all.getSelfLink(), { id: 'own', tenantId: 't1', n: 1 }, (error, made) => {
        if (error) throw error
        all.replaceDocument(made._self, { ...made, n: 2 }, { etag: made._etag }, note('replaced'))
        all.readDocument(all.getAltLink() + '/docs/own', note('read'))
        all.upsertDocument(all.getSelfLink(), { id: 'own', tenantId: 't1', n: 3 }, note('upserted'))
        all.queryDocuments(all.getAltLink(), { query: 'SELECT * FROM c WHERE c.n = @n', parameters: [{ name: '@n', value: 3 }] },
          (error, rows) => steps.push(['queried', rows.length]))
        all.deleteDocument(made._self, (error) => {
          if (error) throw error
          all.readDocument(made._self, (error) => getContext().getResponse().setBody([...steps, error.number]))
        })
      })
    }`
    expect(await resultOf(body)).toEqual([['replaced', 2], ['read', 2], ['upserted', 3], ['queried', 1], 404])
  })

  it('gives a new document an id unless told not to', async () => {
    const body = `function (options) {
      __.createDocument(__.getSelfLink(), { tenantId: 't1' }, options, (error, made) => __.response.setBody(error ? error.number : made.id))
    }`
    expect(await resultOf(body, [{}])).toMatch(/^[\da-f]{8}-[\da-f]{4}-/)
    expect(await resultOf(body, [{ disableAutomaticIdGeneration: true }])).toBe(400)
  })

  it('pages by a continuation, and reads without a body what has not changed', async () => {
    for (let n = 0; n < 5; n += 1) await container.items.create({ id: `page${n}`, tenantId: 'pages', n })
    const body = `function (continuation) {
      __.queryDocuments(__.getSelfLink(), 'SELECT VALUE c.n FROM c', { pageSize: 2, continuation }, (error, rows, options) => {
        if (error) throw error
        __.response.setBody({ rows, continuation: options.continuation })
      })
    }`
    await container.scripts.storedProcedures.create({ id: 'paging', body })
    const rows: unknown[] = []
    let continuation: string | undefined
    do {
      const { resource } = await container.scripts.storedProcedure('paging').execute('pages', [continuation])
      rows.push(...(resource as { rows: unknown[] }).rows)
      continuation = (resource as { continuation?: string }).continuation
    } while (continuation !== undefined)
    expect(rows).toEqual([0, 1, 2, 3, 4])
  })

  it('moves more than fits into one message', async () => {
    const body = `function (count) {
      const text = 'x'.repeat(600000)
      let read = 0
      for (let n = 0; n < count; n++) __.createDocument(__.getSelfLink(), { id: 'large' + n, tenantId: 'large', text }, (error, made) => {
        if (error) throw error
        __.readDocument(made._self, (error, found) => {
          read += found.text.length
          __.deleteDocument(found._self, () => __.response.setBody(read))
        })
      })
    }`
    await container.scripts.storedProcedures.create({ id: 'large', body })
    const { resource } = await container.scripts.storedProcedure('large').execute('large', [9])
    expect(resource).toBe(9 * 600_000)
  })

  it('filters, maps, sorts, joins and flattens by functions', async () => {
    await container.items.upsert({ id: 'x', tenantId: 'functions', n: 2, tags: ['a', 'b'] })
    await container.items.upsert({ id: 'y', tenantId: 'functions', n: 1, tags: ['c'] })
    const body = `function () {
      const found = {}
      const keep = (name) => (error, rows) => { if (error) throw error; found[name] = rows; __.response.setBody(found) }
      __.filter((doc) => doc.n > 1, keep('filter'))
      __.map((doc) => doc.n * 10, {}, keep('map'))
      __.pluck('id', keep('pluck'))
      __.sortBy((doc) => doc.n, (error, rows) => keep('sortBy')(error, rows.map((row) => row.id)))
      __.unwind((doc) => doc.tags, (doc, tag) => doc.id + tag, keep('unwind'))
      const chained = __.chain().filter((doc) => doc.n > 0).sortByDescending('n').pluck('tags').flatten().value(keep('chain'))
      if (!chained.isAccepted) throw new Error('not accepted')
    }`
    await container.scripts.storedProcedures.create({ id: 'functions', body })
    const { resource } = await container.scripts.storedProcedure('functions').execute('functions')
    expect(resource).toMatchObject({
      filter: [{ id: 'x' }],
      map: [20, 10],
      pluck: ['x', 'y'],
      sortBy: ['y', 'x'],
      unwind: ['xa', 'xb', 'yc'],
      chain: ['a', 'b', 'c'],
    })
  })

  it('stays in its logical partition', async () => {
    await container.items.upsert({ id: 'foreign', tenantId: 'other' })
    const create = `function () { __.createDocument(__.getSelfLink(), { id: 'lost', tenantId: 'other' }) }`
    expect((await failureOf(run(create))).message).toMatch(/cannot reference partition keys other than/)
    const look = `function () {
      __.readDocument(__.getAltLink() + '/docs/foreign', (error) =>
        __.queryDocuments(__.getSelfLink(), "SELECT * FROM c WHERE c.id = 'foreign'", (e, rows) => __.response.setBody([error.number, rows.length])))
    }`
    expect(await resultOf(look)).toEqual([404, 0])
  })

  it('runs with the key that was sent: none, or one that is not whole, is refused', async () => {
    const { container: nested } = await opened.database.containers.create({
      id: 'nested',
      partitionKey: { paths: ['/a', '/b'], kind: 'MultiHash' as never, version: 2 },
    })
    await nested.scripts.storedProcedures.create({ id: 'p', body: 'function () { __.response.setBody(1) }' })
    const procedure = nested.scripts.storedProcedure('p')
    expect(await statusOf(procedure.execute(['x', 'y'] as never) as never)).toBe(200)
    expect(await statusOf(procedure.execute(['x'] as never) as never)).toBe(400)
  })
})

describe('a stored procedure that fails', () => {
  const write = `__.createDocument(__.getSelfLink(), { id: 'half', tenantId: 't1' });`
  /** Code that runs when a document has been written. */
  const afterWrite = (code: string): string =>
    `function () {
      __.createDocument(__.getSelfLink(), { id: 'half', tenantId: 't1' }, (error) => { if (error) throw error; ${code} })
    }`

  it.each([
    ['throws', afterWrite(`throw new Error('no way')`), /Exception = Error: no way.*at procedure\d+\.js:/],
    ['throws without an error', afterWrite(`throw { odd: 1 }`), /Exception = .*odd.*:1\}/],
    ['trips', afterWrite('null.x'), /TypeError/],
    [
      'rejects',
      `async function () {
        await new Promise((resolve) => __.createDocument(__.getSelfLink(), { id: 'half', tenantId: 't1' }, resolve))
        throw new RangeError('late')
      }`,
      /RangeError: late/,
    ],
    [
      'aborts',
      afterWrite(`Promise.reject('sorry').catch((e) => getContext().abort(e))`),
      /Exception = sorry/,
    ],
    ['has a failing call without a callback', afterWrite(write), /already exists/],
    ['does not compile', `function () { ${write} `, /compiling Javascript. Exception = SyntaxError/],
    ['is no function', `7`, /must be a function/],
    [
      'sets a body that cannot be told',
      afterWrite('const a = {}; a.a = a; __.response.setBody(a)'),
      /TypeError/,
    ],
    [
      'names another container',
      afterWrite(`__.createDocument('dbs/a/colls/b', {})`),
      /not a link to the collection/,
    ],
    [
      'asks for attachments',
      afterWrite(`__.createAttachment('x', {})`),
      /does not implement 'createAttachment'/,
    ],
  ])('answers 400 and leaves nothing behind: it %s', async (_, body, message) => {
    const before = await countItems()
    const failure = await failureOf(run(body))
    expect(failure).toMatchObject({ code: 400, message: expect.stringMatching(message) })
    expect(failure.message).not.toMatch(/file:|sandbox-process/)
    expect(await countItems()).toBe(before)
  })

  it('tells the number that it threw as the sub-status', async () => {
    expect(await failureOf(run(`function () { throw new Error(4711, 'numbered') }`))).toMatchObject({
      code: 400,
      substatus: 4711,
    })
    const conflict = `function () { ${write} __.createDocument(__.getSelfLink(), { id: 'half', tenantId: 't1' }, (e) => { throw e }) }`
    expect(await failureOf(run(conflict))).toMatchObject({ code: 400, substatus: 409 })
  })

  it('is not found where it is not stored, and takes parameters as an array', async () => {
    expect(await statusOf(container.scripts.storedProcedure('none').execute(tenant) as never)).toBe(404)
  })
})

describe('what a stored procedure logs', () => {
  const body = `function (text) { console.log(text); console.log({ a: 1 }, 2) }`

  it('is told in a header, where the caller wants it', async () => {
    const { headers } = await run(body, ['a ü 😀'], { enableScriptLogging: true })
    const log = (headers as Record<string, string>)['x-ms-documentdb-script-log-results'] ?? ''
    expect(decodeURIComponent(log)).toBe('a ü 😀\n{"a":1} 2')
    const formatted = `function () { console.log('The sum of %s and %d is %j, 100%%', 'x', 1, { n: 1 }, 'more') }`
    const told = (await run(formatted, [], { enableScriptLogging: true })).headers
    expect(told).toMatchObject({
      'x-ms-documentdb-script-log-results': encodeURIComponent('The sum of x and 1 is {"n":1}, 100% more'),
    })
    expect((await run(body, ['x'])).headers).not.toHaveProperty('x-ms-documentdb-script-log-results')
  })

  it('is cut where it is too long for a header', async () => {
    const { headers } = await run(body, ['ü'.repeat(100_000)], { enableScriptLogging: true })
    const log = (headers as Record<string, string>)['x-ms-documentdb-script-log-results'] ?? ''
    expect(log.length).toBeGreaterThan(8000)
    expect(decodeURIComponent(log)).toMatch(/^ü+$/)
  })
})
