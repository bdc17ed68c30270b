import type { DurableInvoke } from './durable-contract.ts'
import { EventType, type HistoryEvent, makeEvent } from './history-event.ts'
import type { HubContext } from './hub-context.ts'
import { HubClosedError } from './journal.ts'
import { commitEpisode, type Episode } from './commit-episode.ts'
import { asksForV4, orchestratorTrigger, schemaV3, schemaV4 } from './orchestrator-trigger.ts'
import { broken, type OrchestratorAnswer, readOrchestratorAnswer } from './orchestrator-answer.ts'
import type { ReplayContext } from './action-starter.ts'
import { replay } from './replay.ts'
import { endedStates, type InboxRow, type InstanceRow } from './store.ts'
import { versionMismatch } from './version-match.ts'
import { lostWorkerDelayMs, WorkQueue } from './work-queue.ts'

const cachedInstances = 256

/** The history of an instance that lately ran, parsed and as text; the store has the same. */
export interface CachedHistory {
  executionId: string
  events: HistoryEvent[]
  texts: string[]
}

/** Runs episodes: all messages of an instance in one replay, everything that follows from it in one transaction. */
export class Orchestrations {
  readonly queue: WorkQueue<string>
  readonly #hub: HubContext
  readonly #cache = new Map<string, CachedHistory>()
  /** Of the orchestrators that have asked for another than V3. */
  readonly #schemas = new Map<string, number>()

  constructor(hub: HubContext) {
    this.#hub = hub
    this.queue = new WorkQueue(hub.settings.maxConcurrentOrchestrators, (id, tries) => this.#run(id, tries))
  }

  /** To be called when someone else changed an instance's history. */
  forget(id: string): void {
    this.#cache.delete(id)
  }

  async #run(id: string, tries: number): Promise<number | undefined> {
    try {
      const row = this.#hub.store.instance(id)
      const messages = this.#hub.store.inbox(id)
      if (messages.length === 0) return undefined
      if (row === undefined || endedStates.has(row.status)) {
        await this.#hub.journal.write(() => this.#hub.store.dropMessages(messages))
        return undefined
      }
      const episode = this.#begin(row, messages)
      if (episode.fresh.length === 1) {
        await this.#hub.journal.write(() => this.#hub.store.dropMessages(messages))
        return undefined
      }
      const mismatch = this.#mismatch(episode)
      if (mismatch !== undefined && this.#hub.settings.versionFailure === 'reject') {
        this.#hub.differences.tell(`Orchestration ${row.name} waits for a newer app: ${mismatch}`)
        return undefined
      }
      const answer = mismatch === undefined ? await this.#ask(episode) : broken(mismatch)
      if (answer === undefined) {
        this.#hub.options.log('warning', `The worker was lost during an episode of ${id}: it runs again.`)
        return lostWorkerDelayMs(tries)
      }
      await this.#end(episode, answer)
      return undefined
    } catch (error) {
      if (error instanceof HubClosedError) return undefined
      this.#cache.delete(id)
      this.#hub.options.log(
        'error',
        `An episode of ${id} could not be recorded and runs again: ${String(error)}`,
      )
      return lostWorkerDelayMs(tries)
    }
  }

  #begin(row: InstanceRow, messages: InboxRow[]): Episode {
    let past = this.#cache.get(row.instance_id)
    if (past?.executionId !== row.execution_id) {
      const texts = this.#hub.store.history(row.instance_id)
      past = {
        executionId: row.execution_id,
        texts,
        events: texts.map((text) => JSON.parse(text) as HistoryEvent),
      }
    }
    const news = messages
      .filter((message) => message.execution_id === null || message.execution_id === row.execution_id)
      .map((message) => JSON.parse(message.event) as HistoryEvent)
    const isContinued = past.events.length === 0 && row.status !== 'Pending'
    const fresh = [makeEvent(EventType.orchestratorStarted), ...news]
    // Recorded: a continued generation begins with an episode that is already complete.
    if (isContinued) fresh.splice(2, 0, makeEvent(EventType.orchestratorCompleted))
    return { row, messages, past, fresh }
  }

  /** Why this app does not run an execution; one that is terminated ends all the same. */
  #mismatch({ past, fresh }: Episode): string | undefined {
    const { defaultVersion, versionMatch } = this.#hub.settings
    if (defaultVersion === undefined) return undefined
    if (fresh.some((event) => event.EventType === EventType.executionTerminated)) return undefined
    const started = past.events[1] ?? fresh[1]
    return versionMismatch(versionMatch, { orchestration: started?.Version ?? '', app: defaultVersion })
  }

  async #ask(episode: Episode): Promise<OrchestratorAnswer | undefined> {
    const { row, fresh } = episode
    const isTerminated = fresh.some((event) => event.EventType === EventType.executionTerminated)
    const functionName = this.#hub.names.find('orchestrator', row.name)
    if (functionName === undefined) {
      return readOrchestratorAnswer({
        ok: false,
        message: this.#hub.names.refusal('orchestrator', row.name) ?? '',
      })
    }
    const invoke = (schema: number): ReturnType<DurableInvoke> =>
      this.#hub.options.invoke({
        functionName,
        kind: 'orchestration',
        instanceId: row.instance_id,
        input: this.#triggerText(episode, schema),
      })
    const schema = this.#schemas.get(functionName) ?? schemaV3
    let answer = await invoke(schema)
    if (!answer.ok && schema === schemaV3 && asksForV4(answer.message)) {
      this.#schemas.set(functionName, schemaV4)
      answer = await invoke(schemaV4)
    }
    // It is called as in Azure, but nothing of what a terminated orchestrator answers is used.
    if (isTerminated) return { isDone: false, actions: [], output: null, customStatus: row.custom_status }
    if (!answer.ok && answer.workerLost === true) return undefined
    return readOrchestratorAnswer(answer)
  }

  #triggerText({ row, past, fresh }: Episode, schema: number): string {
    const started = past.events[1] ?? fresh[1]
    return orchestratorTrigger([...past.texts, ...fresh.map((event) => JSON.stringify(event))], {
      instanceId: row.instance_id,
      input: started?.Input ?? null,
      parentInstanceId: started?.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
      isReplaying: past.events.length > 0,
      schema,
      httpPollDelayMs: this.#hub.settings.httpPollDelayMs,
    })
  }

  async #end(episode: Episode, answer: OrchestratorAnswer): Promise<void> {
    const { row, past, fresh } = episode
    const context: ReplayContext = {
      orchestratorName: row.name,
      httpPollDelayMs: this.#hub.settings.httpPollDelayMs,
      defaultVersion: this.#hub.settings.defaultVersion,
      refuse: (kind, name) => this.#hub.names.refusal(kind, name),
    }
    const result = replay([...past.events, ...fresh], answer, context)
    const added = await this.#hub.journal.write((effects) =>
      commitEpisode(this.#hub.store, effects, { episode, answer, result }),
    )
    for (const difference of result.differences) this.#hub.differences.tell(`${row.name}: ${difference}`)
    if (added === undefined) {
      this.#cache.delete(row.instance_id)
      return
    }
    for (const event of added.events) past.events.push(event)
    for (const text of added.texts) past.texts.push(text)
    this.#cache.delete(row.instance_id)
    if (result.outcome !== undefined) return
    this.#cache.set(row.instance_id, past)
    const [oldest] = this.#cache.keys()
    if (this.#cache.size > cachedInstances && oldest !== undefined) this.#cache.delete(oldest)
  }
}
