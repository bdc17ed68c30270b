import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'

import type { AppHost } from './app-host.ts'

/** Answers `/admin/...`: status, functions, running one by name, and waking listeners. Wants the master key where keys are enforced. */
export async function answerAdmin(
  app: AppHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const call = `${request.method} ${path}`
  if (path === '/admin/host/ping' || path === '/admin/warmup') return answerJson(response, 200, {})
  if (app.keys.isEnforced) {
    const scope = app.keys.scopeOf(request)
    if (scope === 'none' || scope === 'wrong')
      return void response.writeHead(401, { 'content-length': 0, 'www-authenticate': 'Bearer' }).end()
    if (scope !== 'master') return void response.writeHead(403, { 'content-length': 0 }).end()
  }
  if (call === 'GET /admin/host/status') {
    return answerJson(response, 200, {
      id: app.name,
      state: 'Running',
      version: '4.1037.0',
      processUptime: Math.round(process.uptime() * 1000),
    })
  }
  if (call === 'GET /admin/functions') {
    return answerJson(
      response,
      200,
      app.functions.map(({ metadata }) => ({ name: metadata.name, config: { bindings: metadata.bindings } })),
    )
  }
  if (call === 'POST /admin/host/wake') {
    const body = await readJson(request)
    if (!body) return void response.writeHead(400, { 'content-length': 0 }).end()
    for (const source of [body['queue'], body['container']]) if (source) app.wake(String(source))
    return void response.writeHead(202, { 'content-length': 0 }).end()
  }
  const name = /^POST \/admin\/functions\/([^/]+)$/.exec(call)?.[1]
  if (name) {
    const body = await readJson(request)
    if (!body) return void response.writeHead(400, { 'content-length': 0 }).end()
    const isKnown = await app.invokeByName(decodeURIComponent(name), String(body['input'] ?? ''))
    return void response.writeHead(isKnown ? 202 : 404, { 'content-length': 0 }).end()
  }
  response.writeHead(404, { 'content-length': 0 }).end()
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** The body as an object; undefined when it is none. */
async function readJson(request: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  try {
    const value = await json(request)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
