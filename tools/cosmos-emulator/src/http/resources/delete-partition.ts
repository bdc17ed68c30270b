import { setImmediate as nextTurn } from 'node:timers/promises'

import { badRequest, notFound } from '../../errors.ts'
import type { Call } from '../call.ts'
import { readKeyScope } from '../confines.ts'
import type { Response } from '../exchange.ts'
import { inSessionLater } from '../session.ts'

const removedAtOnce = 200

/**
 * POST `.../operations/partitionkeydelete`: every document of one logical partition, or of a prefix of the key. Other requests are served
 * in between; what they write meanwhile stays.
 */
export async function deletePartition(call: Call): Promise<Response> {
  const { store, request } = call
  return inSessionLater(call, async (container) => {
    const { record, items } = container
    const scope = readKeyScope(request, record)
    if (scope.pk === undefined && !scope.pkBounds)
      throw badRequest('PartitionKey value must be supplied for this operation.', 1001)
    const upToLsn = record.lsn
    const removeSome = (): number =>
      store.file.write(() => {
        record.lsn += 1
        return items.removeSome(scope, { upToLsn, limit: removedAtOnce, nowSeconds: store.nowSeconds() })
      })
    while (removeSome() === removedAtOnce) {
      await nextTurn()
      if (!store.isThere(container)) throw notFound()
    }
    return { status: 200, headers: { 'x-ms-request-charge': '10' } }
  })
}
