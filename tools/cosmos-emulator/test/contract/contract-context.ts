import type { Container, ContainerRequest, Database } from '@azure/cosmos'
import { CosmosClient } from '@azure/cosmos'

import { startCosmosEmulator } from '../../src/index.ts'
import type { EmulatorOptions } from '../../src/index.ts'
import { sendSigned } from '../signed-request.ts'
import type { Account, RawAnswer, RawRequest } from '../signed-request.ts'

const startMs = Date.UTC(2026, 0, 1)

/** What a row is given: a running account, reached by the real client and by plain HTTP. Rows share it, one after another. */
export interface ContractContext extends AsyncDisposable {
  account: Account
  client: CosmosClient
  /** A database of the row's own. */
  makeDatabase: () => Promise<Database>
  /** A container of the row's own; its partition key is `/tenantId` unless told otherwise. */
  makeContainer: (definition?: Partial<ContainerRequest>) => Promise<Container>
  /** Sends a signed request as it is. */
  send: (method: string, path: string, request?: RawRequest) => Promise<RawAnswer>
  /** The account's clock, which only this moves. */
  advanceSeconds: (seconds: number) => void
}

/** Starts an emulator in memory with a clock of its own. A row that needs other options opens a context for itself. */
export async function openContext(options: EmulatorOptions = {}): Promise<ContractContext> {
  let nowMs = startMs
  const emulator = await startCosmosEmulator({ clock: () => nowMs, ...options })
  const [account] = emulator.accounts
  if (!account) throw new Error('The emulator has no account.')
  const client = new CosmosClient({ endpoint: account.endpoint, key: account.key })
  let made = 0
  const makeDatabase = async (): Promise<Database> => {
    made += 1
    return (await client.databases.create({ id: `database-${made}` })).database
  }
  const shared = await makeDatabase()
  return {
    account,
    client,
    makeDatabase,
    makeContainer: async (definition = {}) => {
      made += 1
      const wanted = { id: `container-${made}`, partitionKey: '/tenantId', ...definition }
      return (await shared.containers.create(wanted as ContainerRequest)).container
    },
    send: async (method, path, request) => sendSigned(account, method, path, request),
    advanceSeconds: (seconds) => {
      nowMs += seconds * 1000
    },
    [Symbol.asyncDispose]: async () => {
      client.dispose()
      await emulator.close()
    },
  }
}

/** The path of a container, as it goes over the wire. */
export function pathOf({ id, database }: Container): string {
  return `/dbs/${encodeURIComponent(database.id)}/colls/${encodeURIComponent(id)}`
}
