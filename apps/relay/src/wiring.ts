import type { InvocationContext } from '@azure/functions'
import type { EventLogWriter, UsageCopies } from '@zoetrope/store'
import { connectCosmos, cosmosEventLog, cosmosUsageCopies } from '@zoetrope/store'

import { app } from './config.ts'
import type { Replica } from './replica.ts'
import { makeReplica } from './replica.ts'

/** What the functions of this app work with. */
export interface Deps {
  readonly replica: Replica
  readonly eventLog: EventLogWriter
  readonly usage: UsageCopies
  readonly record: ReturnType<typeof app.recorder>
}

let clients: Omit<Deps, 'record'> | undefined

/** What one invocation works with. */
export function wire(context: InvocationContext): Deps {
  clients ??= makeClients()
  return { ...clients, record: app.recorder(context) }
}

/** Made once, at the first use. */
function makeClients(): Omit<Deps, 'record'> {
  const settings = app.load()
  const database = connectCosmos(settings.cosmos)
  return {
    replica: makeReplica(database, connectCosmos(settings.replica)),
    eventLog: cosmosEventLog(database.container('events')),
    usage: cosmosUsageCopies(database.container('usage')),
  }
}
