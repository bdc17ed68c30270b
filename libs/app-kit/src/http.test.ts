import { HttpRequest, InvocationContext } from '@azure/functions'
import { describe, expect, it } from '@jest/globals'
import type { TenantId } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'
import { z } from 'zod'

import { makeHttpHandler, ok } from './http.ts'

const logged: string[] = []
const context = new InvocationContext({
  functionName: 'test',
  invocationId: 'invocation',
  logHandler: (_level, ...args) => void logged.push(args.join(' ')),
})
const handler = makeHttpHandler(
  {
    name: 'test',
    methods: ['POST'],
    route: 'things/{id}',
    auth: 'tenant',
    summary: 'A test.',
    params: z.object({ id: z.string().length(3) }),
    body: z.strictObject({ name: z.string(), fail: z.boolean().default(false) }),
    handle: ({ body, tenantId }) => {
      if (body.fail) throw new Error('secret inside')
      return ok({ name: body.name, tenantId })
    },
  },
  {
    deps: () => ({}),
    authenticate: async (authorization) => {
      if (authorization !== 'Bearer good') throw err('KEY_INVALID')
      return 'ten_a' as TenantId
    },
    corsOrigins: () => ['https://a.example'],
  },
)

async function call(
  body: string,
  headers: Record<string, string> = {},
  id = 'abc',
): Promise<Record<string, unknown>> {
  const request = new HttpRequest({
    method: 'POST',
    url: 'http://localhost/things/abc',
    body: { string: body },
    headers: { authorization: 'Bearer good', 'content-type': 'application/json', ...headers },
    params: { id },
  })
  const answer = (await handler(request, context)) as { status: number; headers: object; body: string }
  return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.body) as unknown }
}

describe('an HTTP function', () => {
  it('gets what was validated, with the tenant of the key', async () => {
    expect(await call('{"name":"x"}')).toMatchObject({ status: 200, body: { name: 'x', tenantId: 'ten_a' } })
  })

  it('answers a problem that names each faulty field by its pointer', async () => {
    expect(await call('{"name":1,"more":2}')).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        code: 'REQUEST_INVALID',
        category: 'input',
        retry: false,
        traceId: 'invocation',
        errors: [{ pointer: '/name' }, { detail: expect.stringContaining('more') }],
      },
    })
    expect(await call('{"name":"x"}', {}, 'toolong')).toMatchObject({
      body: { errors: [{ pointer: '/id' }] },
    })
  })

  it.each([
    ['{', {}, 'JSON_INVALID'],
    ['{"name":"\\ud800"}', {}, 'JSON_INVALID'],
    ['{"name":"x"}', { 'content-type': 'text/plain' }, 'CONTENT_TYPE_UNSUPPORTED'],
    ['{"name":"x"}', { authorization: 'Bearer bad' }, 'KEY_INVALID'],
  ])('refuses %s with %o as %s', async (body, headers, code) => {
    expect(await call(body, headers as Record<string, string>)).toMatchObject({ body: { code } })
  })

  it('tells nobody but the log what went wrong inside', async () => {
    const answer = await call('{"name":"x","fail":true}')

    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } })
    expect(JSON.stringify(answer)).not.toContain('secret inside')
    expect(logged.at(-1)).toContain('secret inside')
  })

  it('lets pages of allowed origins read the answer', async () => {
    expect(await call('{"name":"x"}', { origin: 'https://a.example' })).toMatchObject({
      headers: { 'access-control-allow-origin': 'https://a.example', vary: 'origin' },
    })
    const foreign = await call('{"name":"x"}', { origin: 'https://b.example' })
    expect(foreign['headers']).not.toHaveProperty('access-control-allow-origin')
  })
})
