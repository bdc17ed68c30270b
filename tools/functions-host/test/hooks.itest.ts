import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const trace = join(tmpdir(), `functions-host-hooks-${crypto.randomUUID()}`)
let host: RunningHost
beforeAll(async () => {
  host = await RunningHost.start({ hooks: { TRACE_FILE: trace, logging__logLevel__Worker: 'debug' } })
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  rmSync(trace, { force: true })
})

const lines = (): unknown[][] =>
  readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown[])

/** Calls a function; answers its status and text, and what was noted meanwhile. */
async function call(name: string, wish = ''): Promise<{ status: number; text: string; notes: unknown[][] }> {
  const before = lines().length
  const response = await fetch(`${host.url('hooks')}/api/${name}?do=${encodeURIComponent(wish)}`)
  const text = await response.text()
  return { status: response.status, text, notes: lines().slice(before) }
}

const seen = ['pre 1', 'pre 2']
const [made, noError] = [{ body: 'made' }, 'null']
const began = [
  ['pre 1', ['HttpRequest']],
  ['pre 2', seen],
]

describe('hooks around an invocation', () => {
  it('run in order, each when the one before has ended, and share the data of the invocation', async () => {
    const { text, notes } = await call('steps')
    expect(text).toBe('made')
    expect(notes).toEqual([
      ...began,
      ['handler', 1, null],
      ['post 1', seen, made, noError, 1],
      ['post 2', made, noError],
    ])
  })

  it.each([
    ['replace the inputs', 'extra input', ['handler', 2, 'extra'], 2],
    ['replace the handler', 'other handler', ['wrapped'], 1],
    ['add a hook, which runs at once', 'add a hook', ['added'], 1],
  ])('may %s', async (_case, wish, noted, inputCount) => {
    const { status, notes } = await call('steps', wish)
    expect(status).toBe(200)
    expect(notes).toContainEqual(noted)
    expect(notes).toContainEqual(['post 1', seen, made, noError, inputCount])
    // What was added has taken itself away.
    expect((await call('steps')).notes).not.toContainEqual(['added'])
  })

  it.each([
    ['the result', 'other result', 200, 'replaced', ['post 2', { body: 'replaced' }, noError]],
    ['an error by none', 'no error', 200, 'mended', ['post 2', { body: 'mended' }, 'undefined']],
    ['a result by an error', 'new error', 500, '', ['post 2', made, 'Error: from the hook']],
  ])('may replace %s, which the next one sees', async (_case, wish, status, text, noted) => {
    const answer = await call('steps', wish)
    expect([answer.status, answer.text]).toEqual([status, text])
    expect(answer.notes).toContainEqual(noted)
  })

  it('see the error of a function, and leave it one', async () => {
    const { status, notes } = await call('steps', 'throws')
    expect(status).toBe(500)
    expect(notes).toContainEqual(['post 1', seen, null, 'Error: handler failed', 1])
  })

  it('do not make a success of a function that throws an empty text', async () => {
    expect((await call('steps', 'throws nothing much')).status).toBe(500)
  })

  it('that throw before the function fail the invocation: neither the function nor what comes after it runs', async () => {
    const { status, notes } = await call('steps', 'pre throws')
    expect(status).toBe(500)
    expect(notes).toEqual(began)
    await until(() => (host.log.includes('Exception: pre failed') ? true : undefined))
  })

  it('that throw after the function fail the invocation: the next ones do not run', async () => {
    const { status, notes } = await call('steps', 'post throws')
    expect(status).toBe(500)
    expect(notes.at(-1)).toEqual(['post 1', seen, made, noError, 1])
  })

  it('cannot replace their data nor the context', async () => {
    const refusals = (...names: string[]): string[] =>
      names.map((name) => `Cannot assign to read only property '${name}'`)
    const { notes } = await call('fixed')
    expect(notes).toEqual([
      ['preInvocation', refusals('hookData', 'appHookData', 'invocationContext')],
      ['library', refusals('hookData', 'invocationContext')],
      ['postInvocation', refusals('hookData', 'appHookData', 'invocationContext')],
    ])
  })

  it('share the data of the app over invocations, and that of an invocation within it alone', async () => {
    const notes = [...(await call('data')).notes, ...(await call('data')).notes]
    expect(notes).toEqual([
      ['data', 1, {}],
      ['data', 2, {}],
    ])
  })

  it('that have been taken away do not run; taking one away twice takes no other', async () => {
    expect((await call('taken')).notes).toEqual([['stays']])
  })

  it('are told of in the log, where somebody asks for it', async () => {
    for (const line of [
      'Executing 2 "appStart" hooks',
      'Executed "appStart" hooks',
      'Executed "postInvocation" hooks',
    ])
      await until(() => (host.log.includes(line) ? true : undefined))
  })
})

describe('a log hook', () => {
  it('sees entries with their invocation, and changes level and message', async () => {
    const { notes } = await call('logs')
    const noted = (message: string): unknown[] => ['log', 'user', message, 'logs', 'shared']
    // What a hook itself says is not shown to hooks.
    expect(notes).toEqual(
      ['LOG plain', 'LOG raise', 'LOG drop', 'LOG change', 'LOG break', 'LOG deep'].map(noted),
    )
    await until(() => (host.log.includes('LOG deep') ? true : undefined))
    expect(host.log).not.toContain('LOG plain')
    expect(host.log).toContain('LOG raise')
    expect(host.log).not.toContain('LOG drop')
    expect(host.log).toContain('changed LOG change')
  })

  it('that throws changes nothing', async () => {
    await call('logs')
    await until(() => (host.log.includes('LOG break') ? true : undefined))
    expect(host.log).not.toContain('broken by a hook')
  })
})

describe('hooks of the app', () => {
  it('run when its code is there, and before it ends; they share their data', async () => {
    expect(lines().slice(0, 2)).toEqual([
      ['start', {}],
      ['core start', { from: 'start' }, join(import.meta.dirname, 'fixtures', 'hooks')],
    ])
    expect(await host.end('SIGTERM')).toBe(0)
    expect(lines().at(-1)).toEqual(['end', { from: 'start' }])
  })
})
