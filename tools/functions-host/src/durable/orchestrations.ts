import { holdUp } from '../chaos/chaos.ts'
import type { DurableInvoke } from './durable-contract.ts'
import { EventType, type HistoryEvent } from './history-event.ts'
import { type HubContext, limitOf } from './hub-context.ts'
import { Inboxes, type Message } from './inboxes.ts'
import { HubClosedError } from './journal.ts'
import { commitEpisode } from './commit-episode.ts'
import { beginEpisode, type Episode, isFor } from './episode.ts'
import { asksForV4, orchestratorTrigger, schemaV3, schemaV4 } from './orchestrator-trigger.ts'
import { broken, type OrchestratorAnswer, readOrchestratorAnswer } from './orchestrator-answer.ts'
import { hearsOneMessage } from './action-limits.ts'
import type { ReplayContext } from './action-starter.ts'
import { restMs, tellOfLongHistory } from './long-histories.ts'
import { replay } from './replay.ts'
import { endedStates } from './store.ts'
import { type WarmInstance, WarmInstances } from './warm-instances.ts'
import { versionMismatch } from './version-match.ts'
import { lostWorkerDelayMs, WorkQueue } from './work-queue.ts'

/** Runs episodes: all messages of an instance in one replay, everything that follows from it in one transaction. */
export class Orchestrations {
  readonly queue: WorkQueue<string>
  readonly inboxes: Inboxes
  readonly #hub: HubContext
  readonly #warm = new WarmInstances()
  /** Of the orchestrators that have asked for another than V3. */
  readonly #schemas = new Map<string, number>()

  constructor(hub: HubContext) {
    this.#hub = hub
    this.queue = new WorkQueue(
      { limit: limitOf(hub, hub.settings.maxConcurrentOrchestrators), clock: hub.time.clock },
      (id, tries) => this.#run(id, tries),
    )
    this.inboxes = new Inboxes(hub.store, hub.journal, this.queue)
  }

  /** To be called when someone else changed an instance's history. */
  forget(id: string): void {
    this.#warm.delete(id)
  }

  async #run(id: string, tries: number): Promise<number | undefined> {
    let messages = this.inboxes.take(id)
    if (messages.length === 0) return undefined
    const startedMs = performance.now()
    try {
      const past = this.#past(id, messages)
      if (past !== undefined && hearsOneMessage(past.events)) messages = await this.#takeOne(past, messages)
      const episode = past === undefined ? undefined : beginEpisode(past, messages, this.#hub.time.nowText())
      if (episode === undefined) {
        const kept = this.#keptForRewind(id, messages)
        await this.#hub.journal.write(() =>
          this.inboxes.drop(
            id,
            messages.filter((message) => !kept.has(message)),
          ),
        )
        await this.inboxes.giveBack(id, [...kept])
        return undefined
      }
      const { row, events } = episode.past
      await holdUp(
        { chaos: this.#hub.chaos, clock: this.#hub.time.clock },
        'episode late',
        () => `${row.name} ${row.input} ${events.length}`,
      )
      const mismatch = this.#mismatch(episode)
      if (mismatch !== undefined && this.#hub.settings.versionFailure === 'reject') {
        const { name } = episode.past.row
        this.#hub.differences.tell(`Orchestration ${name} waits for a newer app: ${mismatch}`)
        await this.inboxes.giveBack(id, messages)
        return undefined
      }
      const answer = mismatch === undefined ? await this.#ask(episode) : broken(mismatch)
      if (answer !== undefined) {
        const openTasks = await this.#end(episode, answer)
        const pauseMs = restMs({ openTasks, tookMs: performance.now() - startedMs })
        // Kept as running, so that what ends meanwhile goes to disk at once.
        if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
        return undefined
      }
      this.#hub.options.log('warning', `The worker was lost during an episode of ${id}: it runs again.`)
    } catch (error) {
      if (error instanceof HubClosedError) return undefined
      this.#warm.delete(id)
      this.#hub.options.log(
        'error',
        `An episode of ${id} could not be recorded and runs again: ${this.#hub.why(error)}`,
      )
    }
    await this.inboxes.giveBack(id, messages)
    return lostWorkerDelayMs(tries)
  }

  /** Answers of entities to a failed instance: its code has called them, and rewound it waits for them. */
  #keptForRewind(id: string, messages: readonly Message[]): ReadonlySet<Message> {
    const row = this.#hub.store.instance(id)
    if (row?.status !== 'Failed') return new Set()
    return new Set(
      messages.filter(
        ({ event, executionId }) =>
          event.EventType === EventType.eventRaised && executionId === row.execution_id,
      ),
    )
  }

  /** The first message for the execution that runs now; those behind it are given back. */
  async #takeOne(past: WarmInstance, messages: readonly Message[]): Promise<Message[]> {
    const end = messages.findIndex((message) => isFor(message, past)) + 1
    if (end === 0 || end === messages.length) return [...messages]
    const id = past.row.instance_id
    await this.inboxes.giveBack(id, messages.slice(end))
    this.inboxes.wake(id)
    return messages.slice(0, end)
  }

  /** What is known of an instance; undefined for one that does nothing any more. */
  #past(id: string, messages: readonly Message[]): WarmInstance | undefined {
    const warm = this.#warm.get(id)
    // The id may have been given to another instance.
    if (warm !== undefined && messages.every((message) => isFor(message, warm))) return warm
    const row = this.#hub.store.instance(id)
    if (row === undefined || endedStates.has(row.status)) return undefined
    const text = this.#hub.store.historyText(id)
    return { row, text, events: JSON.parse(`[${text}]`) as HistoryEvent[] }
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
    const { row } = episode.past
    const { fresh } = episode
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
    if (!answer.ok && answer.isGivenUp === true) return broken(answer.message)
    return readOrchestratorAnswer(answer)
  }

  #triggerText({ past, fresh, freshText }: Episode, schema: number): string {
    const started = past.events[1] ?? fresh[1]
    const history = past.text === '' ? [freshText] : [past.text, freshText]
    return orchestratorTrigger(history, {
      instanceId: past.row.instance_id,
      input: started?.Input ?? null,
      parentInstanceId: started?.ParentInstance?.OrchestrationInstance.InstanceId ?? null,
      isReplaying: past.events.length > 0,
      schema,
      httpPollDelayMs: this.#hub.settings.httpPollDelayMs,
    })
  }

  /** @returns how many tasks the instance waits for; none where it has ended */
  async #end(episode: Episode, answer: OrchestratorAnswer): Promise<number> {
    const { past, fresh } = episode
    const { instance_id: id, name } = past.row
    const context: ReplayContext = {
      orchestratorName: name,
      httpPollDelayMs: this.#hub.settings.httpPollDelayMs,
      defaultVersion: this.#hub.settings.defaultVersion,
      refuse: (kind, called) => this.#hub.names.refusal(kind, called),
    }
    const eventsBefore = past.events.length
    const result = replay([...past.events, ...fresh], answer, context)
    const now = await this.#hub.journal.write((effects) => {
      this.inboxes.drop(id, episode.messages)
      return commitEpisode(this.#hub.store, effects, { episode, answer, result })
    })
    for (const difference of result.differences) this.#hub.differences.tell(`${name}: ${difference}`)
    const eventsAfter = eventsBefore + fresh.length + result.decisions.length + 1
    tellOfLongHistory(this.#hub.options.log, { name, instanceId: id, lengths: [eventsBefore, eventsAfter] })
    if (now === undefined || result.outcome !== undefined) {
      this.#warm.delete(id)
      return 0
    }
    this.#warm.set(id, now)
    return result.openTasks
  }
}
