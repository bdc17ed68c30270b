import type { Engine } from './engine.ts'
import { deleteEntity, getEntities, getEntity, signalEntity } from './entity-api.ts'
import { ApiError, type Exchange, exceptionError, parameter, sendError, sendStatus } from './exchange.ts'
import { hubFault } from './hub-fault.ts'
import {
  controlInstance,
  getInstance,
  getInstances,
  purgeInstance,
  purgeInstances,
  raiseEvent,
  restartInstance,
  rewindInstance,
  startInstance,
} from './orchestration-api.ts'

/** Answers one call of the management API; the same at both doors. */
export async function handleManagementCall(engine: Engine, exchange: Exchange): Promise<void> {
  try {
    const hub = parameter(exchange, 'taskHub')
    const method = exchange.request.method ?? ''
    const [area = '', ...rest] = exchange.segments
    if (hub !== undefined && hub !== '' && hub.toLowerCase() !== engine.options.hubName.toLowerCase()) {
      if (area.toLowerCase() === 'orchestrators')
        engine.differences.tell(
          `An orchestration was to start in the task hub ${JSON.stringify(hub)}, where nobody would run it: 404; Azure would have accepted and lost it.`,
        )
      throw new ApiError(404)
    }
    if (rest.includes('')) throw new ApiError(404)
    switch (area.toLowerCase()) {
      case 'orchestrators':
        return await orchestrators(engine, exchange, method, rest)
      case 'instances':
        return await instances(engine, exchange, method, rest)
      case 'entities':
        return await entities(engine, exchange, method, rest)
      case 'makeprimary':
        return sendStatus(exchange, 200)
      default:
        throw new ApiError(404)
    }
  } catch (error) {
    if (!(error instanceof ApiError))
      engine.options.log('error', `A call of the durable management API failed: ${engine.why(error)}`)
    exchange.request.resume()
    const fault = hubFault(error, engine.options.databaseFile)
    sendError(
      exchange,
      fault === undefined
        ? error
        : exceptionError(fault.httpStatus, 'System.IO.IOException', fault.text, fault.text),
    )
  }
}

async function orchestrators(
  engine: Engine,
  exchange: Exchange,
  method: string,
  rest: string[],
): Promise<void> {
  const [name, id] = rest
  if (method !== 'POST' || name === undefined || rest.length > 2) throw new ApiError(404)
  await startInstance(engine, exchange, name, id)
}

async function instances(engine: Engine, exchange: Exchange, method: string, rest: string[]): Promise<void> {
  const [id, operation, name] = rest
  if (id === undefined && method === 'GET') return getInstances(engine, exchange)
  if (id === undefined && method === 'DELETE') return purgeInstances(engine, exchange)
  if (id === undefined || rest.length > 3) throw new ApiError(404)
  if (operation === undefined && method === 'GET') return getInstance(engine, exchange, id)
  if (operation === undefined && method === 'DELETE') return purgeInstance(engine, exchange, id)
  if (
    operation === undefined ||
    method !== 'POST' ||
    (name === undefined) === (operation.toLowerCase() === 'raiseevent')
  )
    throw new ApiError(404)
  switch (operation.toLowerCase()) {
    case 'raiseevent':
      return raiseEvent(engine, exchange, id, name ?? '')
    case 'terminate':
      return controlInstance(engine, exchange, id, 'terminate')
    case 'suspend':
      return controlInstance(engine, exchange, id, 'suspend')
    case 'resume':
      return controlInstance(engine, exchange, id, 'resume')
    case 'rewind':
      return rewindInstance(engine, exchange, id)
    case 'restart':
      return restartInstance(engine, exchange, id)
    default:
      throw new ApiError(404)
  }
}

async function entities(engine: Engine, exchange: Exchange, method: string, rest: string[]): Promise<void> {
  const [name, key = ''] = rest
  if (rest.length > 2) throw new ApiError(404)
  if (method === 'GET' && rest.length < 2) return getEntities(engine, exchange, name)
  if (method === 'POST' && name === undefined) {
    throw new ApiError(400, {
      Message: "Invalid entity id: entity name must not be a null or empty string. (Parameter 'entityName')",
    })
  }
  if (name === undefined) throw new ApiError(404)
  // `$` stands for the empty key, which no path can hold.
  const realKey = key === '$' ? '' : key
  switch (method) {
    case 'GET':
      return getEntity(engine, exchange, name, realKey)
    case 'POST':
      return signalEntity(engine, exchange, name, realKey)
    case 'DELETE':
      return deleteEntity(engine, exchange, name, realKey)
    default:
      throw new ApiError(404)
  }
}
