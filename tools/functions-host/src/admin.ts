import type { IncomingMessage, ServerResponse } from 'node:http'

import type { AppHost } from './app-host.ts'

/** Answers `/admin/...`: status, functions, running one by name, and waking listeners. Loopback only, so without keys. */
export async function answerAdmin(
  app: AppHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const call = `${request.method} ${path}`
  if (call === 'GET /admin/host/status') {
    return json(response, 200, {
      id: app.name,
      state: 'Running',
      version: '4.1037.0',
      processUptime: Math.round(process.uptime() * 1000),
    })
  }
  if (call === 'POST /admin/host/ping') return json(response, 200, {})
  if (call === 'GET /admin/functions') {
    return json(
      response,
      200,
      app.functions.map(({ metadata }) => ({ name: metadata.name, config: { bindings: metadata.bindings } })),
    )
  }
  if (call === 'POST /admin/host/wake') {
    const { queue, container } = JSON.parse((await readText(request)) || '{}') as {
      queue?: string
      container?: string
    }
    for (const source of [queue, container]) if (source) app.wake(source)
    return void response.writeHead(202, { 'content-length': 0 }).end()
  }
  const name = /^POST \/admin\/functions\/([^/]+)$/.exec(call)?.[1]
  if (name) {
    const { input = '' } = JSON.parse((await readText(request)) || '{}') as { input?: string }
    const isKnown = await app.invokeByName(decodeURIComponent(name), input)
    return void response.writeHead(isKnown ? 202 : 404, { 'content-length': 0 }).end()
  }
  response.writeHead(404, { 'content-length': 0 }).end()
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
