import type { PartitionKey } from '../partition/partition-key.ts'
import type { AccountStore, OpenContainer } from '../storage/account-store.ts'
import type { SmallResource } from '../storage/resource-table.ts'
import type { ScriptEnd, ScriptJob } from './messages.ts'
import { ScriptCollection } from './script-collection.ts'
import { scriptFailed } from './script-errors.ts'

/** Where a script runs, and for whom. */
export interface ScriptPlace {
  store: AccountStore
  container: OpenContainer
  /** The one logical partition that the script may touch. */
  key: PartitionKey
  /** The headers of the request that the script may see. */
  headers: Record<string, string>
  isLogging: boolean
}

/** What a script came to. */
export interface ScriptResult extends ScriptEnd {
  charge: number
}

/** Runs a script to its end. Must run inside `file.write`: when this throws, nothing that the script did remains. @throws ServiceError 400, 403 or 408 */
export function runScript(
  { store, container, key, headers, isLogging }: ScriptPlace,
  { id, content }: SmallResource,
  {
    args,
    request,
    response,
  }: Pick<ScriptJob, 'args' | 'response'> & { request: Omit<ScriptJob['request'], 'headers'> },
): ScriptResult {
  const { database, record } = container
  const collection = new ScriptCollection(store, container, key)
  const end = store.sandbox.run(
    {
      id,
      source: String(content.body),
      args,
      links: {
        self: `dbs/${database.rid}/colls/${record.rid}`,
        alt: `dbs/${database.id}/colls/${record.id}`,
      },
      request: { ...request, headers },
      ...(response ? { response } : {}),
      isLogging,
      nowMs: store.clock(),
    },
    (call) => collection.perform(call),
  )
  if (end.failure) throw scriptFailed(end.failure, end.log)
  return { ...end, charge: collection.charge }
}
