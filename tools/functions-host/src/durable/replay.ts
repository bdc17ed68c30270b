import {
  type Action,
  ActionType,
  builtInHttp,
  type HttpRequest,
  type RetryOptions,
  toJsonText,
  toJsonTextOnce,
} from './action.ts'
import {
  type Decision,
  disagreement,
  type Outcome,
  type ReplayResult,
  type RetryTrace,
  terminatedResult,
} from './decision.ts'
import { EventType, type Failure, type HistoryEvent } from './history-event.ts'
import type { FunctionKind } from './hub-context.ts'
import { nextPoll } from './http-poll.ts'
import { Mailbox } from './mailbox.ts'
import type { OrchestratorAnswer } from './orchestrator-answer.ts'
import { ReplayTask, whenAll, whenAny } from './replay-task.ts'
import { retryTask } from './retry-task.ts'

const maximumShortTimerMs = 6 * 86_400_000
const longTimerStepMs = 3 * 86_400_000

/** What the replay has to know beside history and answer. */
export interface ReplayContext {
  orchestratorName: string
  httpPollDelayMs: number
  /** Why an activity, sub-orchestration or entity cannot be called; undefined if it can. */
  refuse: (kind: FunctionKind, name: string) => string | undefined
}

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
  return new Replay(answer, context).run(history)
}

class Replay {
  readonly #answer: OrchestratorAnswer
  readonly #context: ReplayContext
  readonly #pending = new Map<number, Decision>()
  /** Tasks by id; those in #open hold up the end of the execution. */
  readonly #tasks = new Map<number, ReplayTask>()
  readonly #open = new Set<number>()
  readonly #mailbox = new Mailbox()
  readonly #lastSentTo = new Map<string, string>()
  readonly #differences: string[] = []
  #nextId = 0
  #nextAction = 0
  readonly #retried: RetryTrace = { attempts: [], idleTimers: [] }
  #isAtEnd = false
  #nowMs = 0
  #continueInput: string | null | undefined
  #isSuspended = false
  #heldBack: HistoryEvent[] = []
  #controlReason: string | null = null
  #outcome: Outcome | undefined
  #disagrees = false
  #lastFailure: Failure = { reason: '', details: '' }

  constructor(answer: OrchestratorAnswer, context: ReplayContext) {
    this.#answer = answer
    this.#context = context
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
      decisions: this.#outcome === undefined ? [...this.#pending.values()] : this.#fireAndForget(),
      outcome: this.#outcome,
      isSuspended: this.#isSuspended,
      controlReason: this.#controlReason,
      differences: this.#differences,
      retried: this.#retried,
    }
  }

  // An orchestration may signal an entity as the last thing it does.
  #fireAndForget(): Decision[] {
    if (this.#disagrees) return []
    return [...this.#pending.values()].filter((decision) => decision.kind === 'entity')
  }

  #fail(text: string): void {
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
        if (this.#isSuspended) this.#heldBack.push(event)
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
  }

  #confirm(kind: Decision['kind'], event: HistoryEvent): void {
    const text = disagreement(kind, event, this.#pending.get(event.EventId))
    if (text === undefined) this.#pending.delete(event.EventId)
    else if (this.#answer.broken === undefined) {
      this.#disagrees = true
      this.#outcome = { kind: 'failed', text }
    }
  }

  #confirmSent(event: HistoryEvent): void {
    this.#confirm('entity', event)
    const message = JSON.parse(event.Input ?? '{}') as { id?: string; Timestamp?: string }
    if (event.InstanceId !== undefined && message.Timestamp !== undefined)
      this.#lastSentTo.set(event.InstanceId, message.Timestamp)
    const task = this.#tasks.get(event.EventId)
    if (task !== undefined && message.id !== undefined) this.#mailbox.expectAnswer(message.id, task)
  }

  #settle(id: number | undefined, end: { failed: boolean; result?: string | null }): void {
    if (id === undefined) return
    this.#open.delete(id)
    this.#tasks.get(id)?.settle(end)
  }

  #advance(): void {
    while (this.#outcome === undefined && this.#continueInput === undefined) {
      const action = this.#answer.actions[this.#nextAction]
      if (action === undefined) break
      this.#nextAction += 1
      const task = this.#start(action)
      if (!task.isSettled) {
        task.onSettled(() => this.#advance())
        return
      }
    }
    this.#isAtEnd = true
  }

  #start(action: Action): ReplayTask {
    switch (action.actionType) {
      case ActionType.callActivity:
        return this.#callActivity(action)
      case ActionType.callActivityWithRetry:
        return this.#retry(action.retryOptions, (refusal) => this.#callActivity(action, refusal))
      case ActionType.callSubOrchestrator:
        return this.#callSubOrchestration(action)
      case ActionType.callSubOrchestratorWithRetry:
        return this.#retry(action.retryOptions, (refusal) => this.#callSubOrchestration(action, refusal))
      case ActionType.continueAsNew:
        this.#continueInput = toJsonTextOnce(action.input)
        return settled()
      case ActionType.createTimer:
        return this.#createTimer(action)
      case ActionType.waitForExternalEvent:
        return this.#mailbox.waitFor(action.externalEventName ?? '')
      case ActionType.callEntity:
        return this.#send(action, false)
      case ActionType.signalEntity:
        return this.#send(action, true)
      case ActionType.callHttp:
        return this.#callHttp(action.httpRequest)
      case ActionType.whenAny:
        return whenAny((action.compoundActions ?? []).map((child) => this.#start(child)))
      case ActionType.whenAll:
        return whenAll((action.compoundActions ?? []).map((child) => this.#start(child)))
      default:
        this.#fail(
          `NotImplemented: action type ${action.actionType} (entity locks and scheduled signals) is not there in this host.`,
        )
        return new ReplayTask()
    }
  }

  #schedule(decision: Decision, isOpen: boolean): ReplayTask {
    const task = new ReplayTask()
    this.#pending.set(decision.id, decision)
    this.#tasks.set(decision.id, task)
    if (isOpen) this.#open.add(decision.id)
    return task
  }

  #callActivity(action: Action, refusal?: Failure): ReplayTask {
    const name = action.functionName ?? ''
    const refused = refusal ?? this.#refusal('activity', name)
    return this.#schedule(
      {
        kind: 'activity',
        id: this.#nextId++,
        name,
        input: action.input,
        ...(refused && { refusal: refused }),
      },
      true,
    )
  }

  #callSubOrchestration(action: Action, refusal?: Failure): ReplayTask {
    const name = action.functionName ?? ''
    const asked = action.instanceId === undefined || action.instanceId === '' ? undefined : action.instanceId
    let refused = refusal ?? this.#refusal('orchestrator', name)
    if (asked?.startsWith('@')) {
      refused ??= {
        reason: `Orchestration instance ids must not start with @: '${asked}'.`,
        details: 'Azure would wait for ever.',
      }
    }
    const input = toJsonText(action.input)
    const id = this.#nextId++
    return this.#schedule(
      { kind: 'subOrchestration', id, name, instanceId: asked, input, ...(refused && { refusal: refused }) },
      true,
    )
  }

  #refusal(kind: FunctionKind, name: string): Failure | undefined {
    const reason = this.#context.refuse(kind, name)
    if (reason === undefined) return undefined
    this.#differences.push(
      `${brief(reason)} The task failed with that; in Azure the instance would stay Running for ever.`,
    )
    return { reason, details: 'Azure would wait for ever.' }
  }

  #retry(
    options: RetryOptions | undefined,
    attempt: (refusal: Failure | undefined) => ReplayTask,
  ): ReplayTask {
    return retryTask(options, {
      attempt,
      trace: this.#retried,
      nowMs: () => this.#nowMs,
      nextId: () => this.#nextId,
      timer: (fireAtMs) => this.#timer(fireAtMs, false),
      lastFailure: () => this.#lastFailure,
      differs: (text) => this.#differences.push(text),
      fail: (text) => this.#fail(text),
    })
  }

  #createTimer(action: Action): ReplayTask {
    const fireAtMs = Date.parse(action.fireAt ?? '')
    if (Number.isNaN(fireAtMs)) {
      this.#fail(`Error converting value {null} to type 'System.DateTime'. Path 'actions[0][0].fireAt'.`)
      return new ReplayTask()
    }
    return this.#timer(fireAtMs, action.isCanceled === true)
  }

  // A long timer is a chain of short ones; a cancelled one keeps its ids but holds nothing up.
  #timer(fireAtMs: number, isCanceled: boolean): ReplayTask {
    const outer = new ReplayTask()
    const step = (): void => {
      const stepMs = fireAtMs - this.#nowMs > maximumShortTimerMs ? this.#nowMs + longTimerStepMs : fireAtMs
      const decision: Decision = { kind: 'timer', id: this.#nextId++, fireAt: new Date(stepMs).toISOString() }
      this.#schedule(decision, !isCanceled).onSettled(() => (stepMs < fireAtMs ? step() : outer.settle()))
    }
    step()
    return outer
  }

  #send(action: Action, isSignal: boolean): ReplayTask {
    const target = action.instanceId ?? ''
    const unknown = this.#context.refuse('entity', target.slice(1, Math.max(1, target.indexOf('@', 1))))
    if (unknown !== undefined) {
      if (!isSignal)
        this.#differences.push(
          `${brief(unknown)} The orchestration failed with that; in Azure it would stay Running for ever.`,
        )
      this.#fail(unknown)
      return new ReplayTask()
    }
    const id = this.#nextId++
    const predecessor = this.#lastSentTo.get(target) ?? '0001-01-01T00:00:00'
    // Good only for what is new; what the history knows has the time that stands there.
    const sentAt = new Date().toISOString()
    this.#lastSentTo.set(target, sentAt)
    const task = this.#schedule(
      {
        kind: 'entity',
        id,
        target,
        operation: action.operation ?? '',
        input: toJsonText(action.input),
        isSignal,
        predecessor,
        sentAt,
      },
      false,
    )
    if (isSignal) return settled()
    this.#mailbox.beginCall()
    return task
  }

  #callHttp(request: HttpRequest | undefined): ReplayTask {
    const outer = new ReplayTask()
    const ask = (asked: HttpRequest | undefined, id: number): void => {
      const decision: Decision = { kind: 'activity', id, name: builtInHttp, input: asked ?? null }
      const task = this.#schedule(decision, true)
      task.onSettled(() => {
        if (task.hasFailed) return outer.settle({ failed: true })
        const poll =
          asked?.asynchronousPatternEnabled === false
            ? undefined
            : nextPoll(asked, task.result, this.#context.httpPollDelayMs)
        if (poll === undefined) return outer.settle()
        const timer = this.#timer(this.#nowMs + poll.delayMs, false)
        // The SDK numbers the next request together with its timer.
        const nextId = this.#nextId++
        this.#open.add(nextId)
        timer.onSettled(() => ask(poll.request, nextId))
      })
    }
    ask(request, this.#nextId++)
    return outer
  }

  #end(): Outcome | undefined {
    if (this.#isSuspended || this.#open.size > 0) return undefined
    const { error, isDone, output, failureDetails } = this.#answer
    if (error === undefined && !isDone && this.#mailbox.waiting === 0 && this.#pending.size === 0) {
      this.#fail(
        'it waits for nothing that could still come: it threw undefined, null or a value without a message, or it yields a cancelled timer (in Azure it would stay Running for ever)',
      )
      return this.#outcome
    }
    // A task yielded in two places is scheduled twice by the SDK and heard once: what has returned is at its end all the same.
    if (!this.#isAtEnd && this.#pending.size > 0) return undefined
    if (error !== undefined) {
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

function settled(): ReplayTask {
  const task = new ReplayTask()
  task.settle()
  return task
}

function brief(text: string): string {
  return text.split(' Additional info', 1)[0] ?? text
}
