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
}

let deps: Deps | undefined

/** Makes the clients, once, at the first use. */
export function wire(): Deps {
  if (deps) return deps
  const settings = app.load()
  const database = connectCosmos(settings.cosmos)
  deps = {
    replica: makeReplica(database, connectCosmos(settings.replica)),
    eventLog: cosmosEventLog(database.container('events')),
    usage: cosmosUsageCopies(database.container('usage')),
  }
  return deps
}
