import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

import type { AdminCall } from './admin-call.ts'
import { answerEmpty } from '../server/answer-empty.ts'
import { answerJson, readJsonBody } from '../server/json-exchange.ts'
import { decodeEscapes } from '../server/percent-encoding.ts'
import { hostVersion } from '../versions.ts'

const instanceId = randomBytes(32).toString('hex')

/** `GET host/status`. */
export function answerHostStatus({ app, response }: AdminCall): void {
  answerJson(response, 200, {
    id: app.config.hostId,
    state: 'Running',
    version: hostVersion,
    versionDetails: hostVersion,
    platformVersion: '',
    instanceId,
    computerName: hostname(),
    processUptime: Math.round(process.uptime() * 1000),
    functionAppContentEditingState: 'NotAllowed',
  })
}

/** `POST host/wake {"queue": name}`, our own: has listeners look for something new at once (`container` for a change feed). */
export async function answerWake({ app, request, response }: AdminCall): Promise<void> {
  const body = await readJsonBody(request, { anyType: true })
  if (typeof body === 'number') return answerEmpty(response, body)
  const { queue, container, blob } = body
  if (typeof queue === 'string') app.wake(queue)
  if (typeof container === 'string') app.wake(container, typeof blob === 'string' ? blob : undefined)
  answerEmpty(response, 202)
}

/** `POST host/restart`: loads code and configuration anew. */
export function answerRestart({ app, response }: AdminCall): void {
  void app.restart()
  answerEmpty(response, 202)
}

/** `POST host/drain`: only requests set functions off from now on, until the next restart. */
export function answerDrain({ app, response }: AdminCall): void {
  app.drainTriggers()
  answerEmpty(response, 202)
}

/** `GET host/KIND/PATH`, our own: what a kind of trigger shows of itself, such as `host/durabletask/instances/ID/history`. */
export async function answerInspection({ app, request, response, names }: AdminCall): Promise<void> {
  const [kind = ''] = names
  const { pathname, searchParams } = new URL(`http://localhost${request.url ?? '/'}`)
  // Ids may hold a slash, which the path of a route leaves escaped.
  const path = decodeEscapes(pathname.split('/').slice(4).join('/'))
  const shown = await app.inspect(kind.toLowerCase(), path, searchParams)
  if (shown === undefined) answerEmpty(response, 404)
  else answerJson(response, 200, shown)
}

/** `GET host/drain/status`. */
export function answerDrainStatus({ app, response }: AdminCall): void {
  const running = app.functions.map(({ metadata }) => app.metrics.read(metadata.name).running)
  const outstandingInvocations = running.reduce((sum, count) => sum + count, 0)
  const drainState = outstandingInvocations === 0 ? 'Completed' : 'InProgress'
  answerJson(response, 200, {
    state: app.isDraining ? drainState : 'Disabled',
    outstandingInvocations,
    outstandingRetries: 0,
  })
}
