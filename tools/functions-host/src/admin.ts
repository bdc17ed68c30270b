import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'

import { answerEmpty } from './answer-empty.ts'
import type { AppHost } from './app-host.ts'
import { isFromForeignPage } from './foreign-page.ts'
import { hostVersion } from './versions.ts'

/** What is behind the master key: there, or there in Azure alone. */
const adminPaths = /^\/admin\/(host\/(status|wake|keys|systemkeys)|functions(\/[^/]+(\/(status|keys))?)?)$/

/** Answers `/admin/...`: status, functions, running one by name, and waking listeners. Wants the master key where keys are enforced. */
export async function answerAdmin(
  app: AppHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const call = `${request.method} ${path}`
  if (isFromForeignPage(request)) return answerEmpty(response, 403)
  if (call === 'GET /admin/host/ping' || call === 'POST /admin/host/ping')
    return answerEmpty(response, 200, { 'cache-control': 'no-store,no-cache', pragma: 'no-cache' })
  if (path === '/admin/warmup') return answerEmpty(response, 200)
  if (!adminPaths.test(path)) return answerEmpty(response, 404)
  if (app.keys.isEnforced) {
    const scope = app.keys.scopeOf(request)
    if (scope === 'none' || scope === 'wrong')
      return answerEmpty(response, 401, { 'www-authenticate': 'Bearer' })
    if (scope !== 'master') return answerEmpty(response, 403)
  }
  if (call === 'GET /admin/host/status') {
    return answerJson(response, 200, {
      id: app.name,
      state: 'Running',
      version: hostVersion,
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
    if (!body) return answerEmpty(response, 400)
    for (const source of [body['queue'], body['container']]) if (source) app.wake(String(source))
    return answerEmpty(response, 202)
  }
  const [, method, name] = /^(GET|POST) \/admin\/functions\/([^/]+)(?:\/status)?$/.exec(call) ?? []
  if (method === 'POST' && name && !path.endsWith('/status')) {
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
      return answerEmpty(response, 415)
    const body = await readJson(request)
    if (!body) return answerEmpty(response, 400)
    const isKnown = await app.invokeByName(toName(name), String(body['input'] ?? ''))
    return answerEmpty(response, isKnown ? 202 : 404)
  }
  if (method === 'GET' && name && path.endsWith('/status') && app.find(toName(name)))
    return answerJson(response, 200, {})
  answerEmpty(response, 404)
}

/** A name out of a path; broken escapes name nothing. */
function toName(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
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
