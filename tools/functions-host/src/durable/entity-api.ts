import type { Engine } from './engine.ts'
import { entityInstanceId, entityRequest } from './entity-request.ts'
import {
  ApiError,
  type Exchange,
  flag,
  parameter,
  readBody,
  sendJson,
  sendStatus,
  timeMs,
} from './exchange.ts'
import { readJsonText } from './newtonsoft-json.ts'
import { sendToEntity } from './instances.ts'
import { readPage, tokenHeader } from './orchestration-api.ts'
import { listEntities } from './queries.ts'
import { entityView, readValue } from './status-view.ts'

/** `GET /entities/{name}/{key}`: the state, and nothing where there is none. */
export function getEntity(engine: Engine, exchange: Exchange, name: string, key: string): void {
  const row = engine.store.entity(entityInstanceId(name, key))
  if (row === undefined || row.is_there === 0 || row.state === null) throw new ApiError(404)
  sendJson(exchange, 200, readValue(row.state))
}

/** `POST /entities/{name}/{key}?op=` */
export async function signalEntity(
  engine: Engine,
  exchange: Exchange,
  name: string,
  key: string,
): Promise<void> {
  const body = await readBody(exchange)
  const unknown = engine.names.refusal('entity', name)
  if (unknown !== undefined) throw new ApiError(400, { Message: unknown })
  const isText = (exchange.request.headers['content-type'] ?? '').toLowerCase().startsWith('text/plain')
  await send(engine, {
    name,
    key,
    operation: parameter(exchange, 'op') ?? '',
    input: readInput(body, isText),
  })
  sendStatus(exchange, 202)
}

/** `DELETE /entities/{name}/{key}`: the operation `delete`, as in Azure. */
export async function deleteEntity(
  engine: Engine,
  exchange: Exchange,
  name: string,
  key: string,
): Promise<void> {
  const unknown = engine.names.refusal('entity', name)
  if (unknown !== undefined) throw new ApiError(400, { Message: unknown })
  await send(engine, { name, key, operation: 'delete', input: null })
  sendStatus(exchange, 202)
}

async function send(
  engine: Engine,
  to: { name: string; key: string; operation: string; input: string | null },
): Promise<void> {
  const message = { kind: 'signal', operation: to.operation, input: to.input } as const
  const request = entityRequest(message, { sentAt: engine.time.nowText() })
  await engine.journal.write((effects) =>
    sendToEntity(engine.store, effects, entityInstanceId(to.name, to.key), request),
  )
}

function readInput(body: string, isText: boolean): string | null {
  if (body === '') return null
  if (isText) return JSON.stringify(body)
  try {
    return readJsonText(body).text
  } catch (error) {
    throw new ApiError(400, { Message: `Could not parse JSON content: ${(error as Error).message}` })
  }
}

/** `GET /entities/{name?}` */
export function getEntities(engine: Engine, exchange: Exchange, name: string | undefined): void {
  const page = readPage(exchange)
  if (page === undefined) return sendJson(exchange, 200, [])
  const fromMs = timeMs(exchange, 'lastOperationTimeFrom')
  const toMs = timeMs(exchange, 'lastOperationTimeTo')
  const { rows, next } = listEntities(engine.store, {
    ...page,
    ...(name !== undefined && { name: name.toLowerCase() }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
  })
  const fetchState = flag(exchange, 'fetchState', false)
  return sendJson(
    exchange,
    200,
    rows.map((row) => entityView(row, fetchState)),
    tokenHeader(exchange, next),
  )
}
