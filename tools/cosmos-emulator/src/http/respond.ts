import type { IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

import { authenticate, checkMaster } from '../access/authenticate.ts'
import { checkAllowed } from '../access/check-allowed.ts'
import type { FaultRule } from '../faults/fault-rule.ts'
import { faultError } from '../faults/faults.ts'
import type { ServedAccount } from '../served-account.ts'
import { answerControl, isControl } from './control.ts'
import { header } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { findRoute, refuseDirectMode, unknownOperation } from './find-route.ts'
import type { FoundRoute } from './find-route.ts'
import { pathSegments } from './path-segments.ts'
import { readBody } from './read-body.ts'
import { guardFromPages } from './web-guard.ts'

/** How an answer goes out: whole, cut in its body, or not at all. */
export interface Served {
  response?: Response
  ending: 'whole' | 'cut' | 'dropped'
}

/** Answers a request, or does to it what a fault says. @throws ServiceError */
export async function respond(account: ServedAccount, incoming: IncomingMessage): Promise<Served> {
  guardFromPages(incoming, account.allowedHosts)
  const request = toRequest(incoming, await readBody(incoming))
  if (isControl(request)) {
    checkMaster(request, account.key)
    return { response: answerControl(account, request), ending: 'whole' }
  }
  refuseDirectMode(request)
  const found = findRoute(request)
  const fault = account.faults.isEmpty ? undefined : takeFault(account, request, found)
  if (fault?.delayMs !== undefined) await wait(fault.delayMs)
  if (fault && fault.isAfterWork !== true && isInsteadOfAnswer(fault)) return strike(fault)
  const response = await account.run((store) => {
    const principal = authenticate(request, account.key, store.nowSeconds())
    if (!found) throw unknownOperation(request)
    checkAllowed(principal, found.route.operation, request, store)
    return found.route.handle({
      store,
      settings: account.settings,
      request,
      ids: found.ids,
      key: account.key,
    })
  })
  if (fault?.isAfterWork === true && isInsteadOfAnswer(fault)) return strike(fault)
  return { response, ending: fault?.cutsBody === true ? 'cut' : 'whole' }
}

function takeFault(
  account: ServedAccount,
  request: Request,
  found: FoundRoute | undefined,
): FaultRule | undefined {
  return account.faults.take({
    account: account.name,
    method: request.method,
    operation: found?.route.operation,
    path: `/${request.segments.join('/')}`,
    partitionKey: header(request, 'x-ms-documentdb-partitionkey'),
  })
}

function isInsteadOfAnswer({ status, dropsConnection }: FaultRule): boolean {
  return status !== undefined || dropsConnection === true
}

function strike(fault: FaultRule): Served {
  if (fault.dropsConnection === true) return { ending: 'dropped' }
  throw faultError(fault)
}

function toRequest(incoming: IncomingMessage, body: Buffer): Request {
  const path = (incoming.url ?? '/').split('?')[0] ?? '/'
  return {
    method: incoming.method ?? 'GET',
    rawPath: path,
    segments: pathSegments(path),
    headers: incoming.headers,
    isEncrypted: 'encrypted' in incoming.socket,
    body,
  }
}
