import { badRequest, notFound } from '../../errors.ts'
import { parseKeyHeader, wholeKey } from '../../partition/partition-key.ts'
import type { PartitionKey } from '../../partition/partition-key.ts'
import { runScript } from '../../scripts/run-script.ts'
import type { ScriptPlace } from '../../scripts/run-script.ts'
import { logHeaders } from '../../scripts/script-errors.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import { idOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, header, isFlagged, jsonBody } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { inSession } from '../session.ts'

/** POST `.../sprocs/{storedProcedure}` with an array of parameters: runs it in one logical partition, all of it or nothing. */
export function executeStoredProcedure(call: Call): Response {
  const { store, request } = call
  return inSession(call, (container) => {
    const place = { kind: 'sprocs' as const, parentRid: container.record.rid }
    const procedure = store.resources.find(place, idOf(call, 'storedProcedure'))
    if (!procedure) throw notFound()
    const args = readParameters(request)
    const scriptPlace = scriptPlaceOf(call, container)
    const { responseBody, charge, log } = store.file.write(() =>
      runScript(scriptPlace, procedure, {
        args,
        request: { body: [args], isBodyWritable: false },
        response: { body: [] },
      }),
    )
    const [body = ''] = responseBody
    return answer(200, body, { 'x-ms-request-charge': charge.toFixed(2), ...logHeaders(log) })
  })
}

/** Where the scripts of a request run. @throws ServiceError 400 without a whole partition key */
export function scriptPlaceOf({ store, request }: Call, container: OpenContainer): ScriptPlace {
  return {
    store,
    container,
    key: readWholeKey(request, container),
    headers: visibleHeaders(request),
    isLogging: isFlagged(request, 'x-ms-documentdb-script-enable-logging'),
  }
}

function readWholeKey(request: Request, { record }: OpenContainer): PartitionKey {
  const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
  if (!key) throw badRequest('PartitionKey value must be supplied for this operation.', 1001)
  const whole = wholeKey(key, record.definition.partitionKey)
  if (!whole)
    throw badRequest(
      'A script runs in one logical partition: the partition key must have all of its components.',
      1001,
    )
  return whole
}

function readParameters(request: Request): unknown[] {
  if (request.body.length === 0) return []
  const parameters = jsonBody(request)
  if (!Array.isArray(parameters))
    throw badRequest('The parameters of a stored procedure must be a JSON array.')
  return parameters as unknown[]
}

/** All but the key's signature: a script need not see it. */
function visibleHeaders({ headers }: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name === 'authorization' || value === undefined ? [] : [[name, String(value)]],
    ),
  )
}
