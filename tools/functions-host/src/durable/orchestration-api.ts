import type { Engine } from './engine.ts'
import {
  ApiError,
  asJson,
  type Exchange,
  exceptionError,
  flag,
  parameter,
  parameters,
  readBody,
  sendJson,
  sendStatus,
  timeMs,
} from './exchange.ts'
import type { HistoryEvent } from './history-event.ts'
import { control, createInstance, newHexId, raise } from './instances.ts'
import { checkStatusLinks } from './links.ts'
import { findInstanceIds, type InstanceFilter, listInstances } from './queries.ts'
import { rewind } from './rewind.ts'
import { entityAsInstance, instanceView, readValue, type StatusOptions } from './status-view.ts'
import { endedStates, type InstanceRow } from './store.ts'

const statuses = new Set([
  'Running',
  'Completed',
  'ContinuedAsNew',
  'Failed',
  'Canceled',
  'Terminated',
  'Pending',
  'Suspended',
])
const maxIdLength = 256
const pageSize = 100
// The longest time that a timer of Node can wait.
const longestWaitMs = 2 ** 31 - 1

function checkId(id: string): void {
  if (id.startsWith('@')) {
    throw exceptionError(
      400,
      'System.ArgumentException',
      "instanceId (Parameter 'Orchestration instance ids must not start with @.')",
    )
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id)) {
    const text =
      "instanceId (Parameter 'Orchestration instance ids must not contain /, \\, #, ?, or control characters.')"
    throw exceptionError(400, 'System.ArgumentException', text)
  }
  if (id.length > maxIdLength)
    throw exceptionError(
      400,
      'System.ArgumentException',
      'Instance ID lengths must not exceed 256 characters.',
    )
}

function inUse(status: string): ApiError {
  return exceptionError(
    500,
    'DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException',
    `An Orchestration instance with the status ${status} already exists.`,
  )
}

function links(engine: Engine, exchange: Exchange, id: string): Record<string, string> {
  const { hubName, systemKey } = engine.options
  return checkStatusLinks({ origin: exchange.origin, hubName, systemKey }, id)
}

function answerStarted(engine: Engine, exchange: Exchange, id: string): void {
  const body = links(engine, exchange, id)
  sendJson(exchange, 202, body, { location: body['statusQueryGetUri'] ?? '', 'retry-after': '10' })
}

/** `POST /orchestrators/{name}/{id?}`, with ?timeout= also waits for the end. */
export async function startInstance(
  engine: Engine,
  exchange: Exchange,
  name: string,
  asked: string | undefined,
): Promise<void> {
  const body = await readBody(exchange)
  const unknown = engine.names.refusal('orchestrator', name)
  if (unknown !== undefined) throw exceptionError(400, 'System.ArgumentException', unknown)
  if (asked !== undefined) checkId(asked)
  const text = body === '' ? 'null' : asJson(body, { onlyOne: true })
  const input = text === 'null' ? null : text
  const timeoutS = Number(parameter(exchange, 'timeout') ?? Number.NaN)
  const intervalS = Number(parameter(exchange, 'pollingInterval') ?? 1)
  if (timeoutS > 0 && timeoutS < intervalS) {
    const text = `Total timeout ${timeoutS} should be bigger than retry timeout ${intervalS}`
    throw exceptionError(400, 'System.ArgumentException', text)
  }
  const { defaultVersion } = engine.settings
  const version = defaultVersion === undefined ? '' : (parameter(exchange, 'version') ?? defaultVersion)
  const instanceId = asked ?? newHexId()
  const live = await engine.journal.write((effects) =>
    createInstance(engine.store, effects, { instanceId, name, version, input, parent: null }),
  )
  if (live !== undefined) throw inUse(live)
  const ended = Number.isNaN(timeoutS) ? undefined : await waitForEnd(engine, instanceId, timeoutS * 1000)
  if (ended === undefined) answerStarted(engine, exchange, instanceId)
  else if (ended.status === 'Completed') sendJson(exchange, 200, readValue(ended.output))
  else
    sendJson(
      exchange,
      200,
      instanceView(ended, { showInput: true, showHistory: false, showHistoryOutput: false }),
    )
}

async function waitForEnd(engine: Engine, id: string, timeoutMs: number): Promise<InstanceRow | undefined> {
  const find = (): InstanceRow | undefined => {
    const row = engine.store.instance(id)
    return row !== undefined && endedStates.has(row.status) ? row : undefined
  }
  const ended = find()
  if (ended !== undefined || timeoutMs <= 0) return ended
  await engine.ends.wait(id, Math.min(timeoutMs, longestWaitMs))
  return find()
}

/** `GET /instances/{id}` */
export function getInstance(engine: Engine, exchange: Exchange, id: string): void {
  const options: StatusOptions = {
    showInput: flag(exchange, 'showInput', true),
    showHistory: flag(exchange, 'showHistory', false),
    showHistoryOutput: flag(exchange, 'showHistoryOutput', false),
  }
  const running = { location: `${exchange.origin}${exchange.request.url ?? ''}`, 'retry-after': '5' }
  const entity = id.startsWith('@') ? engine.store.entity(id) : undefined
  if (entity !== undefined) return sendJson(exchange, 202, entityAsInstance(entity), running)
  const row = findInstance(engine, id)
  const history = options.showHistory
    ? engine.store.history(id).map((text) => JSON.parse(text) as HistoryEvent)
    : []
  const view = instanceView(row, options, history)
  if (!endedStates.has(row.status)) return sendJson(exchange, 202, view, running)
  const isError = row.status === 'Failed' && flag(exchange, 'returnInternalServerErrorOnFailure', false)
  return sendJson(exchange, isError ? 500 : 200, view)
}

function findInstance(engine: Engine, id: string): InstanceRow {
  const row = engine.store.instance(id)
  if (row === undefined) throw new ApiError(404)
  return row
}

function readFilter(exchange: Exchange): Omit<InstanceFilter, 'top'> {
  const filter: Omit<InstanceFilter, 'top'> = {}
  const prefix = parameter(exchange, 'instanceIdPrefix')
  if (prefix !== undefined) filter.idPrefix = prefix
  const fromMs = timeMs(exchange, 'createdTimeFrom')
  if (fromMs !== undefined) filter.createdFromMs = fromMs
  const toMs = timeMs(exchange, 'createdTimeTo')
  if (toMs !== undefined) filter.createdToMs = toMs
  const asked = exchange.query
    .getAll('runtimeStatus')
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
  const known = asked.filter((status) => statuses.has(status))
  // Recorded: one unknown value drops the filter.
  if (known.length > 0 && known.length === asked.length) filter.statuses = known
  return filter
}

/** Reads a page's token; undefined for one that nobody gave out. */
function readToken(exchange: Exchange): string | undefined {
  const token = exchange.request.headers['x-ms-continuation-token']
  if (token === undefined || token === '') return ''
  const text = Buffer.from(String(token), 'base64url').toString('utf8')
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined
}

/** The header that tells where the next page begins. */
export function tokenHeader(exchange: Exchange, next: string | undefined): Record<string, string> {
  if (next !== undefined)
    return { 'x-ms-continuation-token': Buffer.from(`after:${next}`).toString('base64url') }
  return exchange.isRpc ? { 'x-ms-continuation-token': '' } : {}
}

/** Page size and beginning of a list. */
export function readPage(exchange: Exchange): { top: number; after?: string } | undefined {
  const top = Number(parameter(exchange, 'top') ?? pageSize)
  if (!Number.isSafeInteger(top)) return { top: pageSize }
  if (top < 0)
    throw exceptionError(
      500,
      'DurableTask.AzureStorage.Storage.DurableTaskStorageException',
      'An error occurred while communicating with Azure Storage',
    )
  const after = readToken(exchange)
  if (after === undefined) return undefined
  return after === '' ? { top } : { top, after }
}

/** `GET /instances` */
export function getInstances(engine: Engine, exchange: Exchange): void {
  const page = readPage(exchange)
  if (page === undefined) return sendJson(exchange, 200, [], tokenHeader(exchange, undefined))
  const { rows, next } = listInstances(engine.store, { ...readFilter(exchange), ...page })
  const options = {
    showInput: flag(exchange, 'showInput', true),
    showHistory: false,
    showHistoryOutput: false,
  }
  return sendJson(
    exchange,
    200,
    rows.map((row) => instanceView(row, options)),
    tokenHeader(exchange, next),
  )
}

function wrongState(httpStatus: number, operation: string, row: InstanceRow): ApiError {
  const text = `Cannot ${operation} the orchestration instance ${row.instance_id} because instance is in the ${row.status} state.`
  return exceptionError(httpStatus, 'System.InvalidOperationException', text)
}

/** `DELETE /instances/{id}`: only what has ended, and entities. What still runs is 412, as newer extensions answer. */
export async function purgeInstance(engine: Engine, exchange: Exchange, id: string): Promise<void> {
  const deleted = await engine.journal.write(() => {
    // Looked at here: another request of this turn may have restarted it.
    const row = engine.store.instance(id)
    if (row !== undefined && !endedStates.has(row.status)) {
      engine.options.log(
        'warning',
        `Instance ${id} is ${row.status} and was not purged; Azure would have deleted it.`,
      )
      throw wrongState(412, 'purge', row)
    }
    return engine.store.forget(id)
  })
  engine.orchestrations.forget(id)
  if (deleted === 0) throw new ApiError(404)
  sendJson(exchange, 200, { instancesDeleted: 1 })
}

/** `DELETE /instances?createdTimeFrom=…`: only what has ended, whatever status is asked for. */
export async function purgeInstances(engine: Engine, exchange: Exchange): Promise<void> {
  const filter = readFilter(exchange)
  if (filter.createdFromMs === undefined)
    throw new ApiError(400, "Please provide value for 'createdTimeFrom' parameter.")
  const ended = [...endedStates]
  const asked =
    filter.statuses === undefined ? ended : ended.filter((status) => filter.statuses?.includes(status))
  // Azure drops a filter that names no state of what has ended.
  if (asked.length === 0 || filter.statuses === undefined)
    engine.differences.tell('A purge by filter left what has not ended; Azure would have deleted that too.')
  const deleted = await engine.journal.write(() => {
    const ids = asked.length === 0 ? [] : findInstanceIds(engine.store, { ...filter, statuses: asked })
    for (const id of ids) engine.store.forget(id)
    return ids
  })
  for (const id of deleted) engine.orchestrations.forget(id)
  if (deleted.length === 0) throw new ApiError(404)
  sendJson(exchange, 200, { instancesDeleted: deleted.length })
}

/** `POST /instances/{id}/raiseEvent/{name}` */
export async function raiseEvent(
  engine: Engine,
  exchange: Exchange,
  id: string,
  name: string,
): Promise<void> {
  const body = await readBody(exchange)
  refuseEnded(findInstance(engine, id))
  const [type = ''] = (exchange.request.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new ApiError(400, { Message: 'Only application/json request content is supported' })
  }
  const input = asJson(body)
  await engine.journal.write((effects) => raise(engine.store, effects, id, { name, input }))
  sendStatus(exchange, 202)
}

// Recorded: a reason given twice is joined.
function reasonOf(exchange: Exchange): string | null {
  const given = parameters(exchange, 'reason')
  return given.length === 0 ? null : given.join(',')
}

function refuseEnded(row: InstanceRow): void {
  if (endedStates.has(row.status)) throw new ApiError(410)
}

/** `POST /instances/{id}/terminate|suspend|resume` */
export async function controlInstance(
  engine: Engine,
  exchange: Exchange,
  id: string,
  kind: 'terminate' | 'suspend' | 'resume',
): Promise<void> {
  const row = findInstance(engine, id)
  refuseEnded(row)
  const isSuspended = row.status === 'Suspended'
  if ((kind === 'suspend' && isSuspended) || (kind === 'resume' && !isSuspended)) {
    engine.options.log('warning', `${id}: Cannot ${kind} orchestration instance in the ${row.status} state.`)
    throw wrongState(500, kind, row)
  }
  const reason = reasonOf(exchange)
  await engine.journal.write((effects) =>
    engine.store.send(effects, { instanceId: id }, control(engine.time.nowText(), kind, reason)),
  )
  sendStatus(exchange, 202)
}

/** `POST /instances/{id}/rewind` */
export async function rewindInstance(engine: Engine, exchange: Exchange, id: string): Promise<void> {
  const reason = reasonOf(exchange)
  const changed = await engine.journal.write((effects) => {
    // Looked at here: another request of this turn may have rewound, restarted or purged it.
    const row = findInstance(engine, id)
    if (row.status !== 'Failed') {
      refuseEnded(row)
      const text = 'The rewind operation is only supported on failed orchestration instances.'
      throw exceptionError(500, 'System.InvalidOperationException', text)
    }
    return rewind(engine.store, effects, row, reason)
  })
  for (const each of changed) engine.orchestrations.forget(each)
  sendStatus(exchange, 202)
}

/** `POST /instances/{id}/restart` */
export async function restartInstance(engine: Engine, exchange: Exchange, id: string): Promise<void> {
  const row = engine.store.instance(id)
  if (row === undefined) {
    const text = `An orchestrastion with the instanceId ${id} was not found.`
    const message = 'InstanceId does not match a valid orchestration instance.'
    throw exceptionError(400, 'System.ArgumentException', text, message)
  }
  const instanceId = flag(exchange, 'restartWithNewInstanceId', true) ? newHexId() : id
  const version = engine.settings.defaultVersion ?? ''
  const start = { instanceId, name: row.name, version, input: row.input, parent: null }
  const live = await engine.journal.write((effects) => createInstance(engine.store, effects, start))
  if (live !== undefined) throw inUse(live)
  engine.orchestrations.forget(instanceId)
  answerStarted(engine, exchange, instanceId)
}
