import type { ReplayContext } from './action-starter.ts'
import { ActionLimits } from './action-limits.ts'
import { ActionStarter } from './action-starter.ts'
import {
  type Decision,
  disagreement,
  type Outcome,
  type ReplayResult,
  type RetryTrace,
  terminatedResult,
} from './decision.ts'
import { changedWaits } from './event-wait.ts'
import { failureHint } from './failure-hints.ts'
import { EventType, type Failure, type HistoryEvent, isDecision } from './history-event.ts'
import { Mailbox } from './mailbox.ts'
import type { OrchestratorAnswer } from './orchestrator-answer.ts'
import { Schedule } from './schedule.ts'

const hangs = 'It failed with what its output says; in Azure the instance would stay Running for ever.'

/**
 * Runs an orchestrator's complete list of actions against the history of its execution, as DTFx does: one counter of ids, one action awaited
 * after the other, events handed in in their order. What the history does not know yet is a new decision.
 */
export function replay(
  history: readonly HistoryEvent[],
  answer: OrchestratorAnswer,
  context: ReplayContext,
): ReplayResult {
  const terminated = history.findLast((event) => event.EventType === EventType.executionTerminated)
  if (terminated !== undefined) return terminatedResult(terminated.Input ?? null)
  return new Replay(answer, context, new ActionLimits(history)).run(history)
}

class Replay {
  readonly #answer: OrchestratorAnswer
  readonly #context: ReplayContext
  readonly #starter: ActionStarter
  readonly #limits: ActionLimits
  readonly #schedule = new Schedule()
  readonly #mailbox = new Mailbox(() => this.#nowMs)
  readonly #differences: string[] = []
  #nextAction = 0
  readonly #retried: RetryTrace = { attempts: [], idleTimers: [] }
  #isAtEnd = false
  /** The next action waits for a later episode. */
  #isHeld = false
  #nowMs = 0
  #continueInput: string | null | undefined
  #isSuspended = false
  #heldBack: HistoryEvent[] = []
  #controlReason: string | null = null
  #outcome: Outcome | undefined
  #disagrees = false
  #lastFailure: Failure = { reason: '', details: '' }

  constructor(answer: OrchestratorAnswer, context: ReplayContext, limits: ActionLimits) {
    this.#limits = limits
    this.#answer = answer
    this.#context = context
    this.#starter = new ActionStarter({
      context,
      schedule: this.#schedule,
      mailbox: this.#mailbox,
      retried: this.#retried,
      nowMs: () => this.#nowMs,
      lastFailure: () => this.#lastFailure,
      differs: (text) => this.#differences.push(text),
      fail: (text) => this.#fail(text),
      continueAsNew: (input) => (this.#continueInput = input),
    })
  }

  run(history: readonly HistoryEvent[]): ReplayResult {
    const { broken } = this.#answer
    if (broken !== undefined) this.#fail(broken)
    for (const event of history) {
      if (this.#outcome !== undefined && broken === undefined) break
      this.#hear(event)
    }
    this.#outcome ??= this.#end()
    return {
      decisions: this.#outcome === undefined ? this.#schedule.decisions : this.#fireAndForget(),
      outcome: this.#outcome,
      isSuspended: this.#isSuspended,
      openTasks: this.#schedule.openTasks,
      isDelicate: this.#starter.isDelicate,
      controlReason: this.#controlReason,
      differences: this.#differences,
      retried: this.#retried,
      waits: changedWaits(this.#mailbox.waits, this.#nowMs),
    }
  }

  // An orchestration may signal an entity as the last thing it does.
  #fireAndForget(): Decision[] {
    if (this.#disagrees) return []
    return this.#schedule.decisions.filter((decision) => decision.kind === 'entity')
  }

  #fail(text: string): void {
    const hint = failureHint(text)
    if (hint !== undefined) this.#differences.push(hint)
    this.#outcome ??= {
      kind: 'failed',
      text: `Orchestrator function '${this.#context.orchestratorName}' failed: ${text}`,
    }
  }

  #hear(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.orchestratorStarted:
        this.#nowMs = Math.max(this.#nowMs, Date.parse(event.Timestamp))
        break
      case EventType.orchestratorCompleted:
        this.#context.observer?.episodeEnds(event, this.#schedule.decisions)
        this.#limits.pass(event)
        break
      case EventType.executionSuspended:
        this.#isSuspended = true
        this.#controlReason = event.Reason ?? null
        break
      case EventType.executionResumed: {
        this.#isSuspended = false
        this.#controlReason = event.Reason ?? null
        const held = this.#heldBack
        this.#heldBack = []
        for (const earlier of held) this.#apply(earlier)
        break
      }
      default:
        // What was decided stays decided: only what comes from outside waits for the end of the suspension.
        if (this.#isSuspended && !isDecision(event)) this.#heldBack.push(event)
        else this.#apply(event)
    }
  }

  #apply(event: HistoryEvent): void {
    switch (event.EventType) {
      case EventType.executionStarted:
        this.#advance()
        break
      case EventType.taskScheduled:
        this.#confirm('activity', event)
        break
      case EventType.subOrchestrationCreated:
        this.#confirm('subOrchestration', event)
        break
      case EventType.timerCreated:
        this.#confirm('timer', event)
        break
      case EventType.eventSent:
        this.#confirmSent(event)
        break
      case EventType.taskCompleted:
      case EventType.subOrchestrationCompleted:
        this.#settle(event.TaskScheduledId, { failed: false, result: event.Result ?? null })
        break
      case EventType.taskFailed:
      case EventType.subOrchestrationFailed:
        this.#lastFailure = { reason: event.Reason ?? '', details: event.Details ?? '' }
        if (event.FailureDetails) this.#lastFailure.failureDetails = event.FailureDetails
        this.#settle(event.TaskScheduledId, { failed: true })
        break
      case EventType.timerFired:
        this.#settle(event.TimerId, { failed: false })
        break
      case EventType.eventRaised:
        this.#mailbox.deliver(event)
        break
      default:
    }
    if (this.#isHeld) this.#advance()
  }

  #confirm(kind: Decision['kind'], event: HistoryEvent): void {
    const now = this.#schedule.pending(event.EventId)
    this.#context.observer?.meets(event, now)
    const text = disagreement(kind, event, now)
    if (text === undefined) this.#schedule.confirm(event.EventId)
    else if (this.#answer.broken === undefined) {
      this.#disagrees = true
      this.#outcome = { kind: 'failed', text }
    }
  }

  #confirmSent(event: HistoryEvent): void {
    this.#confirm('entity', event)
    const message = JSON.parse(event.Input ?? '{}') as { id?: string; Timestamp?: string }
    if (event.InstanceId !== undefined && message.Timestamp !== undefined)
      this.#starter.noteSent(event.InstanceId, message.Timestamp)
    const task = this.#schedule.task(event.EventId)
    if (task !== undefined && message.id !== undefined) this.#mailbox.expectAnswer(message.id, task)
  }

  #settle(id: number | undefined, end: { failed: boolean; result?: string | null }): void {
    if (id !== undefined) this.#schedule.settle(id, end)
  }

  #advance(): void {
    while (this.#outcome === undefined && this.#continueInput === undefined) {
      const action = this.#answer.actions[this.#nextAction]
      if (action === undefined) break
      this.#isHeld = !this.#limits.allows(this.#nextAction)
      if (this.#isHeld) return
      this.#nextAction += 1
      const task = this.#starter.start(action)
      if (!task.isSettled) {
        task.onSettled(() => this.#advance())
        return
      }
    }
    this.#isAtEnd = true
  }

  #end(): Outcome | undefined {
    if (this.#isSuspended || this.#schedule.openTasks > 0) return undefined
    const { error, isDone, output, failureDetails } = this.#answer
    if (
      error === undefined &&
      !isDone &&
      this.#mailbox.waiting === 0 &&
      this.#schedule.decisions.length === 0
    ) {
      this.#differences.push(hangs)
      this.#fail(
        'it waits for nothing that could still come: it threw undefined, null or a value without a message, or it yields a cancelled timer (in Azure it would stay Running for ever)',
      )
      return this.#outcome
    }
    // A task yielded in two places is scheduled twice by the SDK and heard once: what has returned is at its end all the same.
    if (!this.#isAtEnd && this.#schedule.decisions.length > 0) return undefined
    if (error !== undefined) {
      if (this.#answer.isSilent === true) this.#differences.push(hangs)
      this.#fail(error)
      if (this.#outcome?.kind === 'failed' && failureDetails !== undefined)
        this.#outcome.failureDetails = failureDetails
      return this.#outcome
    }
    if (!isDone) return undefined
    if (this.#continueInput === undefined) return { kind: 'completed', output }
    const carried = this.#mailbox.unconsumed
    if (carried.length > 0) {
      this.#differences.push(`Events not consumed before continueAsNew were carried over; Azure drops them.`)
    }
    return { kind: 'continuedAsNew', input: this.#continueInput, carried }
  }
}
