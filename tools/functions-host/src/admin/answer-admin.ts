import type { IncomingMessage, ServerResponse } from 'node:http'

import {
  answerDrain,
  answerDrainStatus,
  answerHostStatus,
  answerInspection,
  answerRestart,
  answerWake,
} from './answer-host.ts'
import { answerMetrics, answerStatusPage } from './answer-status-page.ts'
import type { AdminCall } from './admin-call.ts'
import { answerFunction, answerFunctionStatus, answerFunctions, answerInvoke } from './answer-functions.ts'
import { answerKeys } from './answer-keys.ts'
import { answerEmpty } from '../server/answer-empty.ts'
import type { AppHost } from '../app-host.ts'
import { isForForeignHost, isFromForeignPage } from '../server/foreign-page.ts'
import { answerJson } from '../server/json-exchange.ts'
import type { KeySet } from '../keys/host-keys.ts'
import { decodePath } from '../server/percent-encoding.ts'

interface AdminRoute {
  readonly methods: readonly string[]
  /** Of the path behind `/admin/`, without the last slash; its groups are the call's arguments. */
  readonly path: RegExp
  /** Open to all, even where keys are enforced. */
  readonly isOpen?: boolean
  /** Only for browsers: for others it is not there. */
  readonly isPage?: boolean
  answer(call: AdminCall): Promise<void> | void
}

const keyMethods = ['GET', 'POST', 'PUT', 'DELETE']

/** What is there. Anything else, and any other method, is 404. */
const routes: readonly AdminRoute[] = [
  { methods: ['GET', 'POST'], path: /^host\/ping$/i, isOpen: true, answer: answerPing },
  {
    methods: ['GET', 'POST'],
    path: /^warmup$/i,
    isOpen: true,
    answer: ({ response }) => answerEmpty(response, 200),
  },
  { methods: ['GET'], path: /^host\/status$/i, answer: answerHostStatus },
  { methods: ['POST'], path: /^host\/wake$/i, answer: answerWake },
  { methods: ['POST'], path: /^host\/restart$/i, answer: answerRestart },
  { methods: ['POST'], path: /^host\/drain$/i, answer: answerDrain },
  { methods: ['GET'], path: /^host\/drain\/status$/i, answer: answerDrainStatus },
  { methods: ['GET'], path: /^host\/metrics$/i, answer: answerMetrics },
  { methods: ['GET'], path: /^$/, isPage: true, answer: answerStatusPage },
  {
    methods: ['POST'],
    path: /^host\/synctriggers$/i,
    // There is no scale controller that would have to know the triggers.
    answer: ({ response }) => answerJson(response, 200, { status: 'success' }),
  },
  { methods: ['GET'], path: /^functions$/i, answer: answerFunctions },
  { methods: ['GET'], path: /^functions\/([^/]+)$/i, answer: answerFunction },
  { methods: ['POST'], path: /^functions\/([^/]+)$/i, answer: answerInvoke },
  { methods: ['GET'], path: /^functions\/([^/]+)\/status$/i, answer: answerFunctionStatus },
  { methods: ['GET'], path: /^functions\/([^/]+)\/keys$/i, answer: answerFunctionKeys },
  { methods: keyMethods, path: /^functions\/([^/]+)\/keys\/([^/]+)$/i, answer: answerFunctionKeys },
  { methods: ['GET'], path: /^host\/(keys|functionkeys|systemkeys)$/i, answer: answerHostKeys },
  { methods: keyMethods, path: /^host\/(keys|functionkeys|systemkeys)\/([^/]+)$/i, answer: answerHostKeys },
  { methods: ['GET'], path: /^host\/([^/]+)\/(.+)$/i, answer: answerInspection },
]

/** Answers `/admin/...`. Wants the master key where keys are enforced, and no page of another origin anywhere. */
export async function answerAdmin(
  app: AppHost,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isForeign = isFromForeignPage(request) || (!app.keys.isEnforced && isForForeignHost(request))
  if (isForeign) return answerEmpty(response, 403)
  const { pathname } = new URL(`http://localhost${request.url ?? '/'}`)
  const path = decodePath(pathname)
    .replace(/^\/admin\/?/i, '')
    .replace(/\/$/, '')
  for (const route of routes) {
    const found = route.methods.includes(request.method ?? '') ? route.path.exec(path) : null
    if (!found || (route.isPage && !asksForPage(request))) continue
    const refusal = route.isOpen ? undefined : refusalOf(app, request)
    if (refusal === 401) return answerEmpty(response, 401, { 'www-authenticate': 'Bearer' })
    if (refusal) return answerEmpty(response, refusal)
    return route.answer({ app, request, response, names: found.slice(1) })
  }
  answerEmpty(response, 404)
}

/** The status that sends a request away; undefined for one with the master key. */
function refusalOf(app: AppHost, request: IncomingMessage): 401 | 403 | undefined {
  if (!app.keys.isEnforced) return undefined
  const scope = app.keys.scopeOf(request)
  if (scope === 'master') return undefined
  return scope === 'none' || scope === 'wrong' ? 401 : 403
}

function asksForPage(request: IncomingMessage): boolean {
  return /\btext\/html\b/.test(request.headers.accept ?? '')
}

function answerPing({ response }: AdminCall): void {
  answerEmpty(response, 200, { 'cache-control': 'no-store,no-cache', pragma: 'no-cache' })
}

function answerFunctionKeys({ app, request, response, names }: AdminCall): Promise<void> | void {
  const [functionName = '', name] = names
  const target = app.find(functionName)
  if (!target) return answerEmpty(response, 404)
  const set: KeySet = { functionName: target.metadata.name }
  return answerKeys({ keys: app.keys, set, name, request, response })
}

function answerHostKeys({ app, request, response, names }: AdminCall): Promise<void> {
  const [kind = '', name] = names
  const set = kind.toLowerCase() === 'systemkeys' ? 'systemKeys' : 'functionKeys'
  return answerKeys({ keys: app.keys, set, name, request, response })
}
