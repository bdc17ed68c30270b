import { setImmediate as nextTurn } from 'node:timers/promises'

import { badRequest, notFound } from '../../errors.ts'
import { parseKeyHeader, prefixBounds } from '../../partition/partition-key.ts'
import type { Call } from '../call.ts'
import { header } from '../exchange.ts'
import type { Response } from '../exchange.ts'
import { inSessionLater } from '../session.ts'

const removedAtOnce = 200

/**
 * POST `.../operations/partitionkeydelete`: every document of one logical partition, or of a prefix of the key. Other requests are served
 * in between; what they write meanwhile stays.
 */
export async function deletePartition(call: Call): Promise<Response> {
  const { store, request } = call
  return inSessionLater(call, async ({ record, items }) => {
    const key = parseKeyHeader(header(request, 'x-ms-documentdb-partitionkey'))
    const levels = record.definition.partitionKey.paths.length
    if (!key || key.parts.length === 0)
      throw badRequest('PartitionKey value must be supplied for this operation.', 1001)
    if (key.parts.length > levels)
      throw badRequest('The partition key has more components than the container.', 1001)
    const scope = key.parts.length === levels ? { pk: key.text } : { pkBounds: prefixBounds(key) }
    const upToLsn = record.lsn
    const removeSome = (): number =>
      store.file.write(() => {
        record.lsn += 1
        return items.removeSome(scope, { upToLsn, limit: removedAtOnce, nowSeconds: store.nowSeconds() })
      })
    while (removeSome() === removedAtOnce) {
      await nextTurn()
      if (!store.catalog.allContainers().includes(record)) throw notFound()
    }
    return { status: 200, headers: { 'x-ms-request-charge': '10' } }
  })
}
