import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const hostJson = {
  version: '2.0',
  extensions: {
    http: {
      routePrefix: 'deep/er',
      maxOutstandingRequests: 3,
      maxConcurrentRequests: 2,
      customHeaders: { 'X-Everywhere': 'yes', 'X-Own': 'of the host' },
      hsts: { isEnabled: true, maxAge: '10' },
    },
  },
}
const localSettings = { Host: { CORS: 'https://a.example,https://b.example', CORSCredentials: true } }

const code = `
let running = 0
let most = 0
const waiting = []
app.http('hello', { handler: () => ({ body: 'hello', headers: { 'x-own': 'of the function' } }) })
app.http('size', { methods: ['POST'], handler: async (request) => ({ jsonBody: (await request.arrayBuffer()).byteLength }) })
app.http('me', { handler: (request) => ({ jsonBody: request.user }) })
app.http('hold', {
  handler: async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => waiting.push(resolve))
    running -= 1
    return { jsonBody: most }
  },
})
app.timer('release', { schedule: '0 0 0 1 1 *', handler: () => waiting.splice(0).forEach((resolve) => resolve()) })
`

const buffered = new AppFolder(code, {
  'host.json': JSON.stringify(hostJson),
  'local.settings.json': JSON.stringify(localSettings),
})
const streaming = new AppFolder(`app.setup({ enableHttpStream: true })${code}`, {
  'host.json': JSON.stringify({ version: '2.0', extensions: { http: { routePrefix: '' } } }),
})
let host: RunningHost
let url = ''
beforeAll(async () => {
  const settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1000' }
  host = await RunningHost.start({
    [buffered.path]: settings,
    [streaming.path]: { ...settings, AzureWebJobsDisableHomepage: 'true' },
  })
  url = host.url(basename(buffered.path))
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  buffered[Symbol.dispose]()
  streaming[Symbol.dispose]()
})

describe('a request limit', () => {
  const release = async (): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    await fetch(`${url}/admin/functions/release`, { method: 'POST', body: '{"input":""}', headers })
  }

  it('has the third request wait, and sends the fourth away with 429', async () => {
    const held = Array.from({ length: 3 }, () => fetch(`${url}/deep/er/hold`))
    const refused = await until(async () => {
      const answer = await fetch(`${url}/deep/er/hello`)
      return answer.status === 429 ? answer : undefined
    })
    expect(refused.headers.get('x-function-scaleout')).toBe('1')
    const all = Promise.all(held)
    // The third one runs only when one of the others has ended, so that one release is not enough.
    const answers = await until(async () => {
      await release()
      return Promise.race([all, new Promise<undefined>((resolve) => setImmediate(resolve, undefined))])
    })
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([2, 2, 2])
    expect((await fetch(`${url}/deep/er/hello`)).status).toBe(200)
  })
})

describe('the home page', () => {
  it('is there unless a setting says otherwise', async () => {
    const answers = await Promise.all([fetch(url), fetch(host.url(basename(streaming.path)))])
    expect(answers.map(({ status }) => status)).toEqual([200, 204])
  })
})

describe('headers that host.json asks for', () => {
  it('stand on every answer, save where the function has its own', async () => {
    const [answer, missing] = await Promise.all([fetch(`${url}/deep/er/hello`), fetch(`${url}/nowhere`)])
    expect([answer.headers.get('x-everywhere'), answer.headers.get('x-own')]).toEqual([
      'yes',
      'of the function',
    ])
    expect([missing.headers.get('x-everywhere'), missing.headers.get('x-own')]).toEqual([
      'yes',
      'of the host',
    ])
  })

  it('tell those who came over TLS by another name to come back so', async () => {
    const hstsOf = async (headers: Record<string, string>): Promise<unknown> => {
      const [answer] = (await once(request(`${url}/deep/er/hello`, { headers }).end(), 'response')) as [
        IncomingMessage,
      ]
      answer.resume()
      return answer.headers['strict-transport-security']
    }
    expect(await hstsOf({ host: 'film.example:443', 'x-forwarded-proto': 'https' })).toBe('max-age=864000')
    expect(await hstsOf({ host: 'film.example' })).toBeUndefined()
    expect(await hstsOf({ 'x-forwarded-proto': 'https', host: 'localhost:7071' })).toBeUndefined()
  })
})

describe('the limit of a body', () => {
  const statusOf = (sent: ClientRequest): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      sent.on('response', (answer) => resolve(answer.resume().statusCode))
      sent.on('error', reject)
    })

  it.each([
    ['buffered', () => `${url}/deep/er/size`],
    ['streaming', () => `${host.url(basename(streaming.path))}/size`],
  ])('holds for announced bodies and for those in chunks: %s', async (_mode, target) => {
    const post = (headers: Record<string, number> = {}): ClientRequest =>
      request(target(), { method: 'POST', headers })
    const announced = post({ 'content-length': 1001 })
    announced.flushHeaders()
    expect(await statusOf(announced)).toBe(413)
    announced.destroy()

    const chunked = post()
    chunked.write('x'.repeat(600))
    chunked.write('x'.repeat(600))
    expect(await statusOf(chunked)).toBe(413)
    chunked.destroy()

    const fitting = post()
    fitting.write('x'.repeat(400))
    fitting.end('x'.repeat(600))
    expect(await statusOf(fitting)).toBe(200)
  })
})

describe('a page of another origin', () => {
  const ask = (
    origin: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> =>
    fetch(`${url}/deep/er/hello`, { ...options, headers: { origin, ...options.headers } })

  it('may read answers when local.settings.json names it', async () => {
    const answer = await ask('https://b.example')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://b.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    })
    expect(await answer.text()).toBe('hello')
    expect((await ask('https://c.example')).headers.get('access-control-allow-origin')).toBeNull()
  })

  it('is told beforehand what it may send', async () => {
    const preflight = {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' },
    }
    const allowed = await ask('https://a.example', preflight)
    expect(allowed.status).toBe(204)
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'x-a, x-b',
    })
    const refused = await ask('https://c.example', preflight)
    expect([refused.status, refused.headers.get('access-control-allow-methods')]).toEqual([204, null])
  })
})

describe('the user of a request', () => {
  it('is whom App Service says it is', async () => {
    const principal = {
      auth_typ: 'aad',
      claims: [{ typ: 'name', val: 'Ada' }],
      name_typ: 'name',
      role_typ: 'role',
    }
    const answer = await fetch(`${url}/deep/er/me`, {
      headers: {
        'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64'),
        'x-ms-client-principal-id': 'u-1',
        'x-ms-client-principal-name': 'Ada',
        'x-ms-client-principal-idp': 'aad',
      },
    })
    expect(await answer.json()).toMatchObject({
      type: 'AppService',
      id: 'u-1',
      username: 'Ada',
      identityProvider: 'aad',
      claimsPrincipalData: principal,
    })
  })
})
