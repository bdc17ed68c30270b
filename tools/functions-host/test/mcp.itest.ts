import { request } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'

import { RunningHost } from './running-host.ts'

jest.setTimeout(60_000)

let host: RunningHost
let endpoint: string
beforeAll(async () => {
  host = await RunningHost.start({ mcp: {} })
  endpoint = `${host.url('mcp')}/runtime/webhooks/mcp`
})
afterAll(() => host[Symbol.asyncDispose]())

const transports: Readonly<Record<string, (url?: string, headers?: Record<string, string>) => Transport>> = {
  streamable: (url = endpoint, headers = {}) =>
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }) as Transport,
  sse: (url = `${endpoint}/sse`, headers = {}) =>
    // oxlint-disable-next-line typescript/no-deprecated -- the legacy transport is what is tested
    new SSEClientTransport(new URL(url), { requestInit: { headers } }),
}

async function connect(transport: Transport, name = 'tester'): Promise<Client & AsyncDisposable> {
  const client = new Client({ name, version: '1.2.3' })
  await client.connect(transport)
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

/** The first block of a result, parsed. */
const parseFirst = ({ content }: Awaited<ReturnType<Client['callTool']>>): Record<string, unknown> =>
  JSON.parse((content as { text: string }[])[0]?.text ?? '') as Record<string, unknown>

describe.each(Object.keys(transports))('an MCP client over the %s transport', (kind) => {
  const open = (name?: string): Promise<Client & AsyncDisposable> =>
    connect(transports[kind]?.() as Transport, name)

  it('is told of the server, and answered to its ping', async () => {
    await using client = await open()
    expect(client.getServerVersion()).toMatchObject({ name: 'Notes', version: '2.1.0' })
    expect(client.getInstructions()).toBe('Ask for notes.')
    expect(client.getServerCapabilities()).toMatchObject({ tools: {}, resources: {}, prompts: {} })
    expect(await client.ping()).toEqual({})
  })

  it('is told of the tools with the schema of their arguments', async () => {
    await using client = await open()
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toEqual(['echo', 'Results', 'schema', 'nap'])
    expect(tools[0]).toEqual({
      name: 'echo',
      description: 'Says what it heard',
      _meta: { 'example/colour': 'blue' },
      inputSchema: {
        type: 'object',
        properties: {
          text: { type: 'string', description: 'What to say' },
          count: { type: 'integer', description: '' },
          tags: { type: 'array', items: { type: 'string' }, description: '' },
          isLoud: { type: 'boolean', description: '' },
        },
        required: ['text'],
      },
    })
    expect(tools[2]?.outputSchema).toEqual({ type: 'object', properties: { answer: { type: 'number' } } })
  })

  it('calls a tool, which gets all arguments, the session and the client', async () => {
    await using client = await open('caller')
    // A name in another case is the same tool; arguments that nobody declared arrive.
    const given = { text: 'hello', count: 2, tags: ['a'], isLoud: true, extra: { deep: [1] } }
    const answer = parseFirst(await client.callTool({ name: 'ECHO', arguments: given }))

    expect(answer['call']).toMatchObject({
      name: 'ECHO',
      arguments: given,
      clientinfo: { name: 'caller', version: '1.2.3' },
      transport: { name: `http-${kind}`, properties: { headers: { 'content-type': 'application/json' } } },
    })
    const { sessionid } = answer['call'] as { sessionid: string }
    expect(sessionid).toEqual(expect.stringMatching(/./))
    expect(answer['metadata']).toEqual({
      arguments: { text: 'hello', count: '2', tags: '["a"]', isLoud: 'True', extra: '{"deep":[1]}' },
      session: sessionid,
    })
  })

  it.each([
    ['text', { content: [{ type: 'text', text: 'plain' }] }],
    ['number', { content: [{ type: 'text', text: '7' }] }],
    ['list', { content: [{ type: 'text', text: '["a","b"]' }] }],
    ['nothing', { content: [] }],
    ['image', { content: [{ type: 'image', data: 'AQID', mimeType: 'image/png' }] }],
    [
      'several',
      {
        content: [
          { type: 'text', text: 'one' },
          { type: 'resource_link', uri: 'notes://1', name: 'first' },
        ],
      },
    ],
    ['marked', { content: [{ type: 'text', text: '{"celsius":21}' }], structuredContent: { celsius: 21 } }],
    ['response', { content: [{ type: 'text', text: 'see' }], structuredContent: { answer: 42 } }],
  ])('gets the result of a tool: %s', async (name, expected) => {
    await using client = await open()
    expect(await client.callTool({ name: 'results', arguments: { kind: name } })).toEqual(expected)
  })

  it.each(['failure', 'empty'])(
    'gets the error of a tool as a result, without its reason: %s',
    async (name) => {
      await using client = await open()
      expect(await client.callTool({ name: 'results', arguments: { kind: name } })).toEqual({
        isError: true,
        content: [{ type: 'text', text: `An error occurred invoking 'results'.` }],
      })
    },
  )

  it.each([
    ['an unknown tool', { name: 'nobody' }, `Unknown tool: 'nobody'`],
    ['a missing argument', { name: 'results' }, 'missing values. Please provide: kind'],
    ['an argument that is null', { name: 'results', arguments: { kind: null } }, 'Please provide: kind'],
  ])('is refused %s', async (_case, call, message) => {
    await using client = await open()
    await expect(client.callTool(call)).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining(message) as unknown,
    })
  })

  it('reads resources of a fixed URI and of a template, as text and as bytes', async () => {
    await using client = await open()
    expect((await client.listResources()).resources[0]).toEqual({
      uri: 'notes://readme',
      name: 'Read me',
      title: 'What to read first',
      mimeType: 'text/markdown',
      size: 7,
    })
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([
      { uriTemplate: 'notes://users/{user}/{note-id}', name: 'A note', mimeType: 'application/json' },
    ])
    const read = async (uri: string): Promise<unknown> => (await client.readResource({ uri })).contents
    expect(await read('notes://readme')).toEqual([
      { uri: 'notes://readme', mimeType: 'text/markdown', text: '# Notes' },
    ])
    expect(await read('notes://picture')).toEqual([
      { uri: 'notes://picture', mimeType: 'image/png', blob: 'AQID' },
    ])
    const uri = 'notes://users/ann/7%20b'
    expect(await read(uri)).toEqual([
      { uri, mimeType: 'application/json', text: JSON.stringify({ uri, user: 'ann', note: '7%20b' }) },
    ])
  })

  it('is told which resource is unknown, and no reason of one that fails', async () => {
    await using client = await open()
    await expect(client.readResource({ uri: 'notes://users/ann' })).rejects.toMatchObject({
      code: -32_002,
      message: expect.stringContaining(`Unknown resource: 'notes://users/ann'`) as unknown,
    })
    await expect(client.readResource({ uri: 'notes://broken' })).rejects.toMatchObject({
      code: -32_603,
      message: expect.not.stringContaining('secret') as unknown,
    })
  })

  it('gets prompts', async () => {
    await using client = await open()
    expect((await client.listPrompts()).prompts).toEqual([
      {
        name: 'review',
        title: 'Code review',
        description: 'Asks for a review',
        arguments: [
          { name: 'code', description: 'The code', required: true },
          { name: 'style', description: 'How', required: false },
        ],
      },
      { name: 'talk' },
    ])
    expect(await client.getPrompt({ name: 'review', arguments: { code: 'x' } })).toEqual({
      messages: [{ role: 'user', content: { type: 'text', text: 'Review x (any style)' } }],
    })
    const { description, messages } = await client.getPrompt({ name: 'talk' })
    expect([description, messages.map(({ role }) => role)]).toEqual(['Two messages', ['user', 'assistant']])
    await expect(client.getPrompt({ name: 'nobody' })).rejects.toThrow(`Unknown prompt: 'nobody'`)
  })
})

it('is told of at the start, in the words that tools wait for', () => {
  const place = `http://localhost:${new URL(endpoint).port}/runtime/webhooks/mcp`
  expect(host.log).toContain(`MCP server endpoint: ${place}\n`)
  expect(host.log).toContain(`MCP server legacy SSE endpoint: ${place}/sse\n`)
})

it('serves several clients at once', async () => {
  await using one = await connect(transports['streamable']?.() as Transport, 'one')
  await using two = await connect(transports['sse']?.() as Transport, 'two')
  const answers = await Promise.all(
    [one, two].map((client, index) => client.callTool({ name: 'nap', arguments: { name: `n${index}` } })),
  )
  const texts = answers
    .map(({ content }) => (content as { text: string }[])[0]?.text ?? '')
    .toSorted((a, b) => a.localeCompare(b))
  expect([
    ['n0', 'n1 was woken by n0'],
    ['n0 was woken by n1', 'n1'],
  ]).toContainEqual(texts)
})

describe('the streamable endpoint', () => {
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'echo', arguments: { text: 'x' } },
  }

  it('answers calls without a session, and gives a session id to whoever initialises', async () => {
    expect(await (await post(call)).text()).toContain('event: message')
    const initialize = {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'n', version: '1' } },
    }
    const ids = await Promise.all(
      [1, 2].map(async () => (await post(initialize)).headers.get('mcp-session-id') ?? ''),
    )
    expect(new Set(ids).size).toBe(2)
    expect((await post(call, { 'mcp-session-id': ids[0] ?? '' })).status).toBe(200)
    expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202)
  })

  it.each([
    ['a session id that is not ours', call, { 'mcp-session-id': 'abc.def' }, 400, 'Invalid client state'],
    ['a body that is no JSON', '{', {}, 400, 'Parse error'],
    ['a message that is none', { hello: 1 }, {}, 400, 'JSON-RPC'],
    ['a client that takes no events', call, { accept: 'application/json' }, 406, 'Not Acceptable'],
    ['a body that is too large', `"${'x'.repeat(4_200_000)}"`, {}, 413, 'larger than'],
  ])('refuses %s', async (_case, body, headers: Record<string, string>, status, message) => {
    const response = await post(body, headers)
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(message)])
  })

  it('takes nothing but POST, and nothing at other paths', async () => {
    expect((await fetch(endpoint)).status).toBe(405)
    expect((await fetch(endpoint, { method: 'DELETE' })).status).toBe(405)
    expect((await fetch(`${endpoint}/other`)).status).toBe(404)
    const stray = await fetch(`${endpoint}/sse/message?azmcpcs=gone`, { method: 'POST', body: '{}' })
    expect([stray.status, await stray.text()]).toEqual([400, expect.stringContaining('Invalid client state')])
  })

  it('goes on after the worker died under a call', async () => {
    await using client = await connect(transports['streamable']?.() as Transport)
    expect(await client.callTool({ name: 'results', arguments: { kind: 'crash' } })).toMatchObject({
      isError: true,
    })
    expect(await client.callTool({ name: 'results', arguments: { kind: 'text' } })).toEqual({
      content: [{ type: 'text', text: 'plain' }],
    })
  })
})

describe('a web page', () => {
  /** The status of a request whose Host or Origin a page has chosen. */
  const statusOf = (path: string, method: string, headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${endpoint}${path}`, { method, headers }, (response) => {
        response.destroy()
        resolve(response.statusCode ?? 0)
      })
      outgoing.on('error', reject)
      outgoing.end()
    })

  it.each([
    ['of another origin', 'POST', '', { origin: 'https://evil.example' }],
    ['of another origin, with a stream', 'GET', '/sse', { origin: 'https://evil.example' }],
    ['whose name points here', 'GET', '/sse', { host: 'evil.example:7071' }],
    ['whose name points here, with a message', 'POST', '', { host: 'evil.example:7071' }],
  ])('%s is kept out', async (_case, method, path, headers) => {
    expect(await statusOf(path, method, headers)).toBe(403)
  })

  it('of this origin is let in', async () => {
    const { host: name, origin } = new URL(endpoint)
    expect(await statusOf('/sse', 'GET', { host: name, origin })).toBe(200)
  })
})

describe('a host that asks for keys', () => {
  const secrets = mkdtempSync(join(tmpdir(), 'functions-host-keys-'))
  let guarded: RunningHost
  let url: string
  beforeAll(async () => {
    const key = (name: string, value: string): object => ({ name, value })
    writeFileSync(
      join(secrets, 'host.json'),
      JSON.stringify({
        masterKey: key('master', 'm'),
        functionKeys: [key('default', 'f')],
        systemKeys: [key('mcp_extension', 's'), key('other_extension', 'o')],
      }),
    )
    guarded = await RunningHost.start({ mcp: { FUNCTIONS_SECRETS_PATH: secrets } }, '--enableAuth')
    url = `${guarded.url('mcp')}/runtime/webhooks/mcp`
  })
  afterAll(async () => {
    await guarded[Symbol.asyncDispose]()
    rmSync(secrets, { recursive: true })
  })

  it.each([
    ['none', {}, 401],
    ['the key of functions', { 'x-functions-key': 'f' }, 403],
    ['that of another extension', { 'x-functions-key': 'o' }, 403],
    ['that of MCP', { 'x-functions-key': 's' }, 405],
    ['the master key', { 'x-functions-key': 'm' }, 405],
  ])('lets in by %s: %p', async (_key, headers: Record<string, string>, status) => {
    expect((await fetch(url, { headers })).status).toBe(status)
  })

  it('serves clients that have it, in a header or in the URL, which the legacy transport passes on', async () => {
    await using byHeader = await connect(
      transports['streamable']?.(url, { 'x-functions-key': 's' }) as Transport,
    )
    expect((await byHeader.listTools()).tools).toHaveLength(4)
    await using byUrl = await connect(transports['sse']?.(`${url}/sse?code=s`) as Transport)
    expect((await byUrl.listTools()).tools).toHaveLength(4)
    // Whoever has the key may come by any name.
    const answer = await fetch(url, { headers: { 'x-functions-key': 's', origin: 'https://tunnel.example' } })
    expect(answer.status).toBe(405)
  })
})

it('asks for no key where host.json says so, and names the whole address of its message endpoint', async () => {
  const setting = 'AzureFunctionsJobHost__extensions__mcp__'
  await using open = await RunningHost.start(
    {
      mcp: {
        [`${setting}system__webhookAuthorizationLevel`]: 'Anonymous',
        [`${setting}messageOptions__useAbsoluteUriForEndpoint`]: 'true',
      },
    },
    '--enableAuth',
  )
  const url = `${open.url('mcp')}/runtime/webhooks/mcp`
  const stream = await fetch(`${url}/sse`)
  const first = new TextDecoder().decode((await stream.body?.getReader().read())?.value as Uint8Array)
  expect(first).toContain(`event: endpoint\ndata: ${url}/sse/message?azmcpcs=`)
  await using client = await connect(transports['sse']?.(`${url}/sse`) as Transport)
  expect((await client.listTools()).tools).toHaveLength(4)
})
