import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerAdmin } from './admin/answer-admin.ts'
import type { AppHost } from './app-host.ts'
import type { JobHost } from './job-host.ts'
import { answerEmpty } from './server/answer-empty.ts'
import { addConfiguredHeaders } from './server/answer-headers.ts'
import { applyCors } from './server/cors.ts'
import { isForForeignHost, isFromForeignPage } from './server/foreign-page.ts'

/** Whose doors a request may be for: an app, and what runs its functions now. */
export interface AnsweringApp {
  readonly app: AppHost
  readonly job: JobHost
}

/** Paths of the host itself. */
const ownDoor = /^\/(?:admin|runtime)(?:[/?]|$)/i

/** Answers a request to an app. Never throws: what goes wrong is for the log, and 500. */
export function answerRequest(to: AnsweringApp, request: IncomingMessage, response: ServerResponse): void {
  const { config } = to.job
  try {
    if (config.cors && applyCors(config.cors, request, response)) return
    addConfiguredHeaders(config.http, request, response)
    const answering = ownDoor.test(request.url ?? '')
      ? answerOwn(to, request, response)
      : answerByFunction(to, request, response)
    answering?.catch((error: unknown) => answerFault(to, error, { request, response }))
  } catch (error) {
    answerFault(to, error, { request, response })
  }
}

/** Has a function answer a request; what is for none is the home page, or not there. */
function answerByFunction(
  { job }: AnsweringApp,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> | undefined {
  const answering = job.handleRequest(request, response)
  if (answering) return answering
  if (pathOf(request) !== '/') answerEmpty(response, 404)
  else if (/^true$/i.test(job.config.settings['AzureWebJobsDisableHomepage'] ?? ''))
    answerEmpty(response, 204)
  else response.writeHead(200, { 'content-type': 'text/html' }).end('Your Functions app is up and running.')
  return undefined
}

/** Answers a request to a door of the host itself; what none of them is for may be for a function. */
async function answerOwn(
  to: AnsweringApp,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request)
  const [, name, rest = ''] = /^\/runtime\/webhooks\/([^/]+)\/?(.*)$/i.exec(path) ?? []
  const call = { request, response, rest }
  if (name !== undefined && (await answerWebhook(to, name.toLowerCase(), call))) return
  if (/^\/admin/i.test(path)) await answerAdmin(to.app, request, response)
  else await answerByFunction(to, request, response)
}

/** Answers a request to the webhook of an extension; false where nobody listens for it. */
async function answerWebhook(
  { app, job }: AnsweringApp,
  name: string,
  { request, response, rest }: { request: IncomingMessage; response: ServerResponse; rest: string },
): Promise<boolean> {
  const listener = job.listener(name)
  if (!listener?.handleWebhook) {
    if (app.keys.opensWebhook(request, '')) return false
    refuseKey(app, request, response)
    return true
  }
  // Pages under a name that points here read what they like; what others send by such a name may come through a tunnel.
  const isRefused = request.method === 'GET' ? isForForeignHost : isFromForeignPage
  if (!app.keys.isEnforced && isRefused(request)) answerEmpty(response, 403)
  else if (!listener.needsNoKey && !app.keys.opensWebhook(request, name)) refuseKey(app, request, response)
  else {
    await job.hasStarted(name)
    await listener.handleWebhook(request, response, rest)
  }
  return true
}

// A key of another kind is known, but opens something else.
function refuseKey({ keys }: AppHost, request: IncomingMessage, response: ServerResponse): void {
  const scope = keys.scopeOf(request)
  if (scope !== 'none' && scope !== 'wrong') return answerEmpty(response, 403)
  answerEmpty(response, 401, { 'www-authenticate': 'Bearer' })
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?')[0] ?? '/'
}

/** Tells the log what went wrong, and the client that something did. */
function answerFault(
  { job }: AnsweringApp,
  error: unknown,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  // The query stays out of the log: it may hold a key.
  job.log('error', `${request.method} ${pathOf(request)}: ${(error as Error).stack}`)
  if (response.headersSent) response.destroy()
  else answerEmpty(response, 500)
}
