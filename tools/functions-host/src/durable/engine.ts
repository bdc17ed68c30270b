import { calm } from '../chaos/chaos.ts'
import { createActivityQueue } from './activities.ts'
import { openDatabase } from './database.ts'
import { Differences } from './differences.ts'
import type { DurableHub, DurableHubOptions } from './durable-contract.ts'
import { createEntityQueue } from './entities.ts'
import { FunctionNames, type HubContext } from './hub-context.ts'
import { HubTime } from './hub-time.ts'
import { hubFault } from './hub-fault.ts'
import { InstanceEnds } from './instance-ends.ts'
import { type Effects, Journal } from './journal.ts'
import { Orchestrations } from './orchestrations.ts'
import { readHubSettings } from './settings.ts'
import { sparingInstances } from './suspects.ts'
import { Store } from './store.ts'
import { Timers } from './timers.ts'

/** The work loop of one task hub. Everything that is to be done is on disk first; memory only knows what to look at next. */
export interface Engine extends HubContext {
  orchestrations: Orchestrations
  ends: InstanceEnds
  demands: DurableHub['demands']
  start(): void
  /** What it is at that goes on by itself, a line each. */
  busyWith(): string[]
  /** Starts nothing new and waits for what runs. */
  drain(): Promise<void>
  /** Ends at once: what runs is done again after the next start. */
  close(): void
}

/** Opens a hub's database and puts the loop together; nothing runs before `start`. */
export function createEngine(options: DurableHubOptions): Engine {
  const database = openDatabase(options.databaseFile)
  const time = new HubTime(options.clock)
  const store = new Store(database, time)
  const journal = new Journal(database, (effects) => wake(effects))
  const settings = readHubSettings(options.hostJson)
  const hub: HubContext = {
    options: { ...options, invoke: sparingInstances(options.invoke, options.log) },
    settings,
    store,
    journal,
    time,
    chaos: options.chaos ?? calm,
    names: new FunctionNames(options.functions),
    differences: new Differences((text) => options.log('warning', text)),
    why: (error) => hubFault(error, options.databaseFile)?.text ?? String(error),
  }
  const orchestrations = new Orchestrations(hub)
  const activities = createActivityQueue(hub, orchestrations.inboxes)
  const entities = createEntityQueue(hub)
  const timers = new Timers(hub)
  const ends = new InstanceEnds(options.clock)

  function wakeInstance(id: string): void {
    if (id.startsWith('@')) entities.add(id)
    else orchestrations.inboxes.wake(id)
  }

  function wake(effects: Effects): void {
    for (const id of effects.instances) wakeInstance(id)
    for (const key of effects.activities) activities.add(key)
    timers.arm(effects.timerMs)
    for (const id of effects.ended) ends.tell(id)
  }

  return {
    ...hub,
    orchestrations,
    ends,
    demands: () => [
      {
        source: 'orchestrations',
        count: orchestrations.queue.size,
        perInstance: settings.maxConcurrentOrchestrators,
      },
      { source: 'activities', count: activities.size, perInstance: settings.maxConcurrentActivities },
      { source: 'entities', count: entities.size, perInstance: settings.maxConcurrentEntities },
    ],
    start(): void {
      for (const row of store.all<{ instance_id: string }>('SELECT DISTINCT instance_id FROM inbox'))
        wakeInstance(row.instance_id)
      for (const key of store.activityKeys()) activities.add(key)
      timers.open()
      for (const queue of [orchestrations.queue, entities]) queue.open()
      activities.open()
    },
    busyWith(): string[] {
      const work = {
        orchestrations: orchestrations.queue.size,
        activities: activities.size,
        entities: entities.size,
        'changes to be written': journal.size,
        'ends of activities to be heard': orchestrations.inboxes.size,
      }
      return Object.entries(work).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []))
    },
    async drain(): Promise<void> {
      timers.close()
      await Promise.all([orchestrations.queue.drain(), entities.drain(), activities.drain()])
      await orchestrations.inboxes.settle()
    },
    close(): void {
      timers.close()
      for (const queue of [orchestrations.queue, entities]) queue.stop()
      activities.stop()
      journal.close()
      database.close()
    },
  }
}
