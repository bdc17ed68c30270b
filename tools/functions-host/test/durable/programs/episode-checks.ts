import { isDeepStrictEqual } from 'node:util'
import type { Numbered, SdkRun } from './sdk-ids.ts'

/** An event of a history, as the trigger of an orchestrator has it. */
interface Event {
  EventType: number
  EventId: number
  Name?: string
  InstanceId?: string
  Input?: string | null
  Result?: string | null
  TaskScheduledId?: number
  TimerId?: number
  FireAt?: string
  IsPlayed: boolean
  Timestamp: string
  OrchestrationInstance?: { ExecutionId: string }
}

const scheduledKinds: Record<number, Numbered['kind']> = {
  4: 'activity',
  7: 'subOrchestration',
  10: 'timer',
  14: 'entity',
}
const completedKinds: Record<number, Numbered['kind']> = {
  5: 'activity',
  6: 'activity',
  8: 'subOrchestration',
  9: 'subOrchestration',
  11: 'timer',
}
const orchestratorStarted = 12
const generic = 17

interface Past {
  history: Event[]
  run: SdkRun
  isSuspended: boolean
}

/** One hub's episodes, checked as its orchestrators are called. What is wrong is kept: a hub must not see a test fail. */
export class EpisodeChecks {
  readonly #past = new Map<string, Past>()
  /** The results on record, by execution and task id. */
  readonly results: Map<string, string>
  readonly faults: string[] = []
  /** How many episodes were checked, and how many numbers of the SDK were compared with ids of the host. */
  episodes = 0
  comparedIds = 0

  /** @param results those that were on record for another hub on the same database */
  constructor(results: ReadonlyMap<string, string> = new Map()) {
    this.results = new Map(results)
  }

  /** Before the orchestrator runs. @returns what to call after it has run */
  begin(instanceId: string, triggerText: string): (run: SdkRun) => void {
    const { history } = JSON.parse(triggerText) as { history: Event[] }
    const executionId = history.find((event) => event.EventType === 0)?.OrchestrationInstance?.ExecutionId
    if (executionId === undefined) {
      this.faults.push(`${instanceId}: an episode without ExecutionStarted`)
      return () => {}
    }
    this.episodes += 1
    const fault = (text: string): void => {
      const shown = history.map((event) => JSON.stringify({ ...event, Details: undefined })).join('\n  ')
      this.faults.push(`${instanceId}: ${text}\n  ${shown}`)
    }
    checkForm(history, fault)
    this.#compareResults(executionId, history, fault)
    const past = this.#past.get(executionId)
    // Rewinding takes back what failed.
    const isRewound = history.some((event) => event.EventType === generic)
    if (past !== undefined && !isRewound) this.#compare(past, history, fault)
    return (run) => {
      const isSuspended = history.findLast(({ EventType }) => EventType === 19 || EventType === 20)
      this.#past.set(executionId, {
        history,
        run,
        isSuspended: isSuspended?.EventType === 19,
      })
    }
  }

  // A result is on record together with the episode that first hears it: what stands before this one.
  #compareResults(executionId: string, history: readonly Event[], fault: (text: string) => void): void {
    const begun = history.findLastIndex((event) => event.EventType === orchestratorStarted)
    for (const [index, event] of history.entries()) {
      if (event.EventType !== 5 && event.EventType !== 8) continue
      const key = `${executionId} ${event.TaskScheduledId}`
      const recorded = this.results.get(key) ?? event.Result ?? ''
      if (recorded !== event.Result) fault(`${event.TaskScheduledId} had the result ${recorded} before`)
      if (index < begun) this.results.set(key, recorded)
    }
  }

  #compare(past: Past, history: readonly Event[], fault: (text: string) => void): void {
    for (const [index, event] of past.history.entries()) {
      const now = history[index]
      if (now === undefined || !isDeepStrictEqual({ ...event, IsPlayed: 0 }, { ...now, IsPlayed: 0 }))
        return fault(`event ${index} was ${JSON.stringify(event)}`)
    }
    // Asked again, with another schema: nothing has been decided in between.
    if (history.length === past.history.length) return
    const known = new Set<number>()
    for (const event of history) {
      const kind = scheduledKinds[event.EventType]
      if (kind === undefined) continue
      known.add(event.EventId)
      const name = kind === 'timer' ? '' : kind === 'entity' ? event.InstanceId : event.Name
      const sdk = past.run.ids.get(event.EventId)
      // What is still retried when the code has ended is retried by the host alone.
      if (sdk === undefined && past.run.hasEnded) continue
      this.comparedIds += 1
      if (sdk?.kind !== kind || sdk.name !== name)
        fault(`${event.EventId} is ${kind} ${name} to the host and ${JSON.stringify(sdk)} to the SDK`)
    }
    for (const [id, sdk] of past.run.ids) {
      // The host decides nothing while an instance is suspended; the SDK runs ahead.
      if (known.has(id) || sdk.isAhead || past.isSuspended) continue
      fault(`the SDK numbered ${id} ${JSON.stringify(sdk)}, which the host has not scheduled`)
    }
  }
}

function checkForm(history: readonly Event[], fault: (text: string) => void): void {
  const [first, second] = history
  if (first?.EventType !== orchestratorStarted || second?.EventType !== 0)
    fault('it begins with something else than OrchestratorStarted and ExecutionStarted')
  const scheduled = new Map<number, Numbered['kind']>()
  const completed = new Set<number>()
  let started = ''
  const isOfNow = history.findLastIndex((event) => event.EventType === orchestratorStarted)
  for (const [index, event] of history.entries()) {
    if (event.EventType === orchestratorStarted) {
      if (event.Timestamp < started) fault('its time runs backwards')
      started = event.Timestamp
    }
    const decided = scheduledKinds[event.EventType]
    if (decided !== undefined) {
      if (scheduled.has(event.EventId)) fault(`${event.EventId} is scheduled twice`)
      scheduled.set(event.EventId, decided)
      if (index > isOfNow) fault(`${event.EventId} was decided before its orchestrator ran`)
    }
    const ended = completedKinds[event.EventType]
    if (ended === undefined) continue
    const id = event.TaskScheduledId ?? event.TimerId ?? -1
    if (scheduled.get(id) !== ended)
      fault(`${id} ended as ${ended}, and is ${scheduled.get(id) ?? 'unknown'}`)
    if (completed.has(id)) fault(`${id} ended twice`)
    completed.add(id)
    if (event.IsPlayed !== index < isOfNow) fault(`${id} has a wrong IsPlayed`)
    if ((event.FireAt ?? '') > started) fault(`timer ${id} fired early`)
  }
}
