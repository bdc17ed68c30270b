import type { Container } from '@azure/cosmos'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'

import { openContainer } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

/** Short, for what does not end by itself. */
const scriptBudgetMs = 1000
/** For what should end, however busy the machine is. */
const ampleBudgetMs = 30_000
let impatient: OpenedContainer
let patient: OpenedContainer
let container: Container
let made = 0

beforeAll(async () => {
  impatient = await openContainer({}, { scriptBudgetMs })
  patient = await openContainer({}, { scriptBudgetMs: ampleBudgetMs })
})

beforeEach(() => {
  container = patient.container
})

afterAll(async () => {
  await impatient[Symbol.asyncDispose]()
  await patient[Symbol.asyncDispose]()
})

interface Outcome {
  status: number
  result?: unknown
  message?: string
  log?: string
}

async function run(body: string, parameters: unknown[] = []): Promise<Outcome> {
  made += 1
  const id = `hostile${made}`
  await container.scripts.storedProcedures.create({ id, body })
  try {
    const answer = await container.scripts
      .storedProcedure(id)
      .execute('t1', parameters, { enableScriptLogging: true })
    return { status: answer.statusCode, result: answer.resource }
  } catch (error) {
    const { code, message } = error as { code: number; message: string }
    return { status: code, message }
  }
}

async function countItems(): Promise<number> {
  return (await container.items.readAll().fetchAll()).resources.length
}

/** The emulator serves on, scripts too. */
async function expectAlive(): Promise<void> {
  expect(await countItems()).toBe(0)
  expect(await run('function () { __.response.setBody("alive") }')).toEqual({ status: 200, result: 'alive' })
}

const write = `__.createDocument(__.getSelfLink(), { tenantId: 't1' });`

describe('a script that does not end', () => {
  it.each([
    [
      'loops where nothing can be thrown',
      `function () { ${write.replace(');', ', () => { for (;;) { try { for (;;); } catch {} finally {} } });')} }`,
    ],
    [
      'loops in promises',
      `function () { ${write.replace(');', ', async () => { for (;;) await null });')} }`,
    ],
    [
      'asks for a hundred slow queries at once',
      `function () {
        const list = Array.from({ length: 1200 }, (_, n) => n)
        const slow = 'SELECT VALUE COUNT(1) FROM c JOIN a IN c.list JOIN b IN c.list'
        __.createDocument(__.getSelfLink(), { tenantId: 't1', list }, () => {
          for (let n = 0; n < 100; n++) __.queryDocuments(__.getSelfLink(), slow, (error) => { if (error) throw error })
        })
      }`,
    ],
    ['backtracks', `function () { /(a+)+$/.test('a'.repeat(40) + 'b') }`],
    [
      'never stops calling',
      `function () { const again = () => { if (!__.queryDocuments(__.getSelfLink(), 'SELECT 1', again)) for (;;); }; again() }`,
    ],
  ])('is ended with 408, and nothing of it remains: it %s', async (_, body) => {
    container = impatient.container
    expect(await run(body)).toMatchObject({
      status: 408,
      message: expect.stringContaining(`longer than ${scriptBudgetMs} ms`),
    })
    await expectAlive()
  })

  it('ends at once where only a promise is left that nobody keeps', async () => {
    expect(await run('async function () { await new Promise(() => {}) }')).toEqual({
      status: 200,
      result: '',
    })
  })

  it('is told that its calls are no longer accepted', async () => {
    container = impatient.container
    const body = `function () {
      const until = Date.now() + ${scriptBudgetMs * 0.55}
      while (Date.now() < until);
      __.response.setBody(__.queryDocuments(__.getSelfLink(), 'SELECT 1'))
    }`
    expect(await run(body)).toEqual({ status: 200, result: false })
  })
})

describe('a script that takes all memory', () => {
  it.each([
    [
      'again and again after an error',
      'const a = []; for (;;) { try { for (;;) a.push(new Array(1000).fill(1)) } catch {} }',
    ],
  ])('is ended, and the emulator is not: %s', async (_, code) => {
    container = impatient.container
    const { status } = await run(`function () { ${write.replace(');', `, () => { ${code} });`)} }`)
    // Whichever limit it meets first.
    expect([403, 408]).toContain(status)
    await expectAlive()
  })

  it('is ended with 403 where it has the time', async () => {
    const body = "function () { new Array(1e7).join('abcdefghijkl').split('') }"
    expect(await run(body)).toMatchObject({ status: 403, message: expect.stringContaining('96 MB') })
    await expectAlive()
  })

  it('finds no memory beside the heap', async () => {
    const names = [
      'ArrayBuffer',
      'SharedArrayBuffer',
      'Uint8Array',
      'Float64Array',
      'DataView',
      'WebAssembly',
      'Atomics',
    ]
    const body = `function () { __.response.setBody([${names.map((name) => `typeof ${name}`).join()}]) }`
    expect(await run(body)).toEqual({ status: 200, result: names.map(() => 'undefined') })
  })
})

describe('a script that tries to get out', () => {
  it.each([
    ['the constructor of a function', `(() => 1).constructor('return process')()`],
    ['eval', `eval('process')`],
    ['an async constructor', `(async () => 1).constructor('return process')()`],
    [
      'what it is called by',
      `(function () { return arguments.callee.caller.caller.constructor('return process')() })()`,
    ],
    ['import', `import('node:fs')`],
    [
      'a setter on the prototype of errors',
      `Error.prepareStackTrace = (e, frames) => frames[frames.length - 1].getThis().process; new Error().stack.pid`,
    ],
    ['a new global Error', `globalThis.Error = { prepareStackTrace: (e, frames) => frames }; [].x.y`],
    ['the context', `getContext.constructor.constructor('return process')()`],
    ['the console', `console.log.constructor('return process')()`],
    ['a document', `__.createDocument.constructor('return process')()`],
  ])('finds no process by %s', async (_, code) => {
    const { status, result } = await run(`async function () {
      const found = await (async () => { try { return await (${code.includes(';') ? `(() => { ${code} })()` : code}) } catch (error) { return String(error) } })()
      __.response.setBody([typeof found, typeof found === 'string' || found === undefined])
    }`)
    // Either an error in words, or nothing at all.
    expect([400, 200]).toContain(status)
    if (status === 200) expect((result as unknown[])[1]).toBe(true)
    await expectAlive()
  })

  it('sees nothing of the process among its globals', async () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'Buffer',
      'setTimeout',
      'queueMicrotask',
      'structuredClone',
      'WebSocket',
    ]
    const body = `function () { __.response.setBody([${names.map((name) => `typeof ${name}`).join()}]) }`
    expect(await run(body)).toEqual({ status: 200, result: names.map(() => 'undefined') })
  })

  it('changes the language for itself alone', async () => {
    const spoil = `function () {
      Array.prototype.map = Array.prototype.push = Object.prototype.toString = () => { throw 1 }
      JSON.stringify = () => '{}'
      JSON.parse = () => ({ kind: 'results' })
      Object.defineProperty(Object.prototype, 'status', { get: () => 500, set() {} })
      Promise.prototype.then = null
      ${write}
    }`
    expect([200, 400]).toContain((await run(spoil)).status)
    const { resources } = await container.items.readAll().fetchAll()
    for (const { id } of resources) await container.item(String(id), 't1').delete()
    await expectAlive()
  })

  it('does not see the key with which its request was signed', async () => {
    const body = `function () { __.response.setBody([__.request.getValue('authorization') === undefined, __.request.getValue('x-ms-version')]) }`
    expect(await run(body)).toMatchObject({ status: 200, result: [true, '2020-07-15'] })
  })
})

describe('a script that asks for too much', () => {
  it('is refused a body over 4 MB', async () => {
    expect(await run(`function () { __.response.setBody('x'.repeat(5e6)) }`)).toMatchObject({
      status: 400,
      message: expect.stringContaining('larger than 4 MB'),
    })
  })

  it('is refused a document over 2 MB', async () => {
    const body = `function () { __.createDocument(__.getSelfLink(), { tenantId: 't1', x: 'x'.repeat(3e6) }, (e) => __.response.setBody(e.number)) }`
    expect(await run(body)).toEqual({ status: 200, result: 413 })
    await expectAlive()
  })

  it('gets a deep stack told as an error', async () => {
    expect(await run('function () { const f = () => f() + 1; f() }')).toMatchObject({
      status: 400,
      message: expect.stringContaining('call stack'),
    })
    const deep = `function () { let d = {}; for (let i = 0; i < 1e5; i++) d = { d }; __.createDocument(__.getSelfLink(), d) }`
    expect((await run(deep)).status).toBe(400)
    await expectAlive()
  })
})
