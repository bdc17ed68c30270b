import { badRequest, notImplemented } from '../../errors.ts'
import type { ItemResult } from '../../items/item-operations.ts'
import { runScript } from '../../scripts/run-script.ts'
import { toMaybe } from '../../scripts/sandbox.ts'
import type { OpenContainer } from '../../storage/account-store.ts'
import type { SmallResource } from '../../storage/resource-table.ts'
import type { Call } from '../call.ts'
import { header } from '../exchange.ts'
import type { Request } from '../exchange.ts'
import { scriptPlaceOf } from './stored-procedures.ts'

/** A write that triggers may come before and after, as they see it. */
export interface TriggeredWrite {
  operationType: 'Create' | 'Replace' | 'Upsert' | 'Delete'
  /** The document; absent for a delete. */
  body?: unknown
}

/** The operations for which a trigger may be made that runs with a write of this type. */
const fittingOperations: Record<TriggeredWrite['operationType'], string[]> = {
  Create: ['all', 'create'],
  Replace: ['all', 'replace', 'update'],
  Upsert: ['all', 'upsert', 'update', 'create', 'replace'],
  Delete: ['all', 'delete'],
}

/** Writes a document between the triggers that the request names: all of it or nothing. @throws ServiceError 400 where a trigger does not fit or fails */
export function writeWithTriggers(
  call: Call,
  container: OpenContainer,
  { operationType, body }: TriggeredWrite,
  write: (body: unknown) => ItemResult,
): ItemResult {
  const { store, request } = call
  const triggersOf = (type: 'pre' | 'post'): SmallResource[] =>
    namesOf(request, type).map((name) => {
      const trigger = store.resources.find({ kind: 'triggers', parentRid: container.record.rid }, name)
      if (!trigger) throw badRequest(`The trigger '${name}' does not exist in this container.`)
      checkFit(trigger, type, operationType)
      return trigger
    })
  const [before, after] = [triggersOf('pre'), triggersOf('post')]
  if (before.length === 0 && after.length === 0) return store.file.write(() => write(body))
  const place = scriptPlaceOf(call, container)
  return store.file.write(() => {
    let current = toMaybe(body)
    let charge = 0
    for (const trigger of before) {
      const seen = { body: current, operationType, isBodyWritable: true }
      const end = runScript(place, trigger, { args: [], request: seen })
      current = end.requestBody
      charge += end.charge
    }
    let result = write(current[0])
    for (const trigger of after) {
      const { item } = result
      const end = runScript(place, trigger, {
        args: [],
        request: { body: current, operationType, isBodyWritable: false },
        response: { body: item ? [JSON.parse(item.body)] : [] },
      })
      charge += end.charge
      // What a trigger has made of the answer is told; what is stored stays as it was written.
      if (item) result = { ...result, item: { ...item, body: JSON.stringify(end.responseBody[0] ?? null) } }
    }
    return { ...result, charge: result.charge + charge }
  })
}

/** Refuses triggers where no script can run with an operation. @throws ServiceError 501 */
export function refuseTriggers(request: Request, operation: string): void {
  const [name] = [...namesOf(request, 'pre'), ...namesOf(request, 'post')]
  if (name !== undefined) throw notImplemented(`the trigger '${name}' with ${operation}`)
}

function namesOf(request: Request, type: 'pre' | 'post'): string[] {
  return (header(request, `x-ms-documentdb-${type}-trigger-include`) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function checkFit(
  { id, content }: SmallResource,
  type: 'pre' | 'post',
  operationType: TriggeredWrite['operationType'],
): void {
  const [ownType, ownOperation] = [String(content.triggerType), String(content.triggerOperation)]
  if (ownType.toLowerCase() !== type)
    throw badRequest(`The trigger '${id}' is of the type '${ownType}': it cannot be a ${type}-trigger.`)
  if (!fittingOperations[operationType].includes(ownOperation.toLowerCase()))
    throw badRequest(`The trigger '${id}' is for the operation '${ownOperation}', not for ${operationType}.`)
}
