import {
  type Action,
  ActionType,
  builtInHttp,
  type HttpRequest,
  type RetryOptions,
  toJsonText,
  toJsonTextOnce,
} from './action.ts'
import type { Decision, RetryTrace } from './decision.ts'
import { entityInstanceId, type EntityMessage, parseEntityId } from './entity-request.ts'
import type { Failure, HistoryEvent } from './history-event.ts'
import { nextPoll } from './http-poll.ts'
import type { FunctionKind } from './hub-context.ts'
import type { Mailbox } from './mailbox.ts'
import { ReplayTask, whenAll, whenAny } from './replay-task.ts'
import { retryTask } from './retry-task.ts'
import type { Schedule } from './schedule.ts'

const maximumShortTimerMs = 6 * 86_400_000
const longTimerStepMs = 3 * 86_400_000

/** What the replay has to know beside history and answer. */
export interface ReplayContext {
  orchestratorName: string
  httpPollDelayMs: number
  /** Undefined where versions are not in use. */
  defaultVersion: string | undefined
  /** Why an activity, sub-orchestration or entity cannot be called; undefined if it can. */
  refuse: (kind: FunctionKind, name: string) => string | undefined
  /** Whoever looks closer at what the history has and what the code does. */
  observer?: ReplayObserver
}

/** Hears how the decisions of the code meet those of the history, in the order of the history. */
export interface ReplayObserver {
  /** The history has a decision; `now`: what the code has decided under its id by then, if anything. */
  meets(event: HistoryEvent, now: Decision | undefined): void
  /** An episode ends with decisions of the code that the history does not have yet. */
  episodeEnds(event: HistoryEvent, undecided: readonly Decision[]): void
}

/** What an action can use of the execution that it belongs to. */
export interface ExecutionState {
  readonly context: ReplayContext
  readonly schedule: Schedule
  readonly mailbox: Mailbox
  readonly retried: RetryTrace
  /** The time of the episode, ms since 1970. */
  nowMs(): number
  lastFailure(): Failure
  /** Notes what Azure does differently. */
  differs(text: string): void
  /** Ends the execution. */
  fail(text: string): void
  continueAsNew(input: string | null): void
}

/** Starts the actions of one execution: each becomes decisions, and a task that settles when the history has answered them. */
export class ActionStarter {
  readonly #state: ExecutionState
  readonly #lastSentTo = new Map<string, string>()
  #hasAny = false
  /** Tasks under way that take further ids. */
  #growing = 0
  #locked: { targets: readonly string[]; requestId: string } = { targets: [], requestId: '' }

  constructor(state: ExecutionState) {
    this.#state = state
  }

  /** Whether the code may wait for a task that takes further ids while no action tells of it. */
  get isDelicate(): boolean {
    return this.#hasAny && this.#growing > 0
  }

  /** The history knows when a message was sent to an entity: `sentAt`, ISO 8601. */
  noteSent(target: string, sentAt: string): void {
    this.#lastSentTo.set(target, sentAt)
  }

  /** Starts an action; the task of one that cannot be started never settles, for the execution has failed. */
  start(action: Action): ReplayTask {
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
        this.#state.continueAsNew(toJsonTextOnce(action.input))
        return settled()
      case ActionType.createTimer:
        return this.#createTimer(action)
      case ActionType.waitForExternalEvent:
        return this.#state.mailbox.waitFor(action.externalEventName ?? '')
      case ActionType.callEntity:
        return this.#send(action, false)
      case ActionType.signalEntity:
        return this.#send(action, true)
      case ActionType.callHttp:
        return this.#callHttp(action.httpRequest)
      case ActionType.whenAny:
        this.#hasAny = true
        return whenAny((action.compoundActions ?? []).map((child) => this.start(child)))
      case ActionType.whenAll:
        return whenAll((action.compoundActions ?? []).map((child) => this.start(child)))
      case ActionType.lockEntities:
        return this.#lock(action)
      case ActionType.releaseEntities:
        return this.#release()
      default:
        this.#state.fail(
          `NotImplemented: action type ${action.actionType} (scheduled signals) is not there in this host.`,
        )
        return new ReplayTask()
    }
  }

  #callActivity(action: Action, refusal?: Failure): ReplayTask {
    const name = action.functionName ?? ''
    const refused = refusal ?? this.#refusal('activity', name)
    return this.#state.schedule.add(
      {
        kind: 'activity',
        id: this.#state.schedule.takeId(),
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
    const { defaultVersion } = this.#state.context
    const version = defaultVersion === undefined ? '' : (action.version ?? defaultVersion)
    const id = this.#state.schedule.takeId()
    return this.#state.schedule.add(
      {
        kind: 'subOrchestration',
        id,
        name,
        instanceId: asked,
        version,
        input,
        ...(refused && { refusal: refused }),
      },
      true,
    )
  }

  #refusal(kind: FunctionKind, name: string): Failure | undefined {
    const reason = this.#state.context.refuse(kind, name)
    if (reason === undefined) return undefined
    this.#state.differs(
      `${brief(reason)} The task failed with that; in Azure the instance would stay Running for ever.`,
    )
    return { reason, details: 'Azure would wait for ever.' }
  }

  #retry(
    options: RetryOptions | undefined,
    attempt: (refusal: Failure | undefined) => ReplayTask,
  ): ReplayTask {
    return this.#grow(
      retryTask(options, {
        attempt,
        trace: this.#state.retried,
        nowMs: () => this.#state.nowMs(),
        nextId: () => this.#state.schedule.nextId,
        timer: (fireAtMs) => this.#timer(fireAtMs, false),
        lastFailure: () => this.#state.lastFailure(),
        differs: (text) => this.#state.differs(text),
        fail: (text) => this.#state.fail(text),
      }),
    )
  }

  #grow(task: ReplayTask): ReplayTask {
    this.#growing += 1
    task.onSettled(() => (this.#growing -= 1))
    return task
  }

  #createTimer(action: Action): ReplayTask {
    const fireAtMs = Date.parse(action.fireAt ?? '')
    if (Number.isNaN(fireAtMs)) {
      this.#state.fail(
        `Error converting value {null} to type 'System.DateTime'. Path 'actions[0][0].fireAt'.`,
      )
      return new ReplayTask()
    }
    return this.#timer(fireAtMs, action.isCanceled === true)
  }

  // A long timer is a chain of short ones; a cancelled one keeps its ids but holds nothing up.
  #timer(fireAtMs: number, isCanceled: boolean): ReplayTask {
    const outer = new ReplayTask()
    const isLong = fireAtMs - this.#state.nowMs() > maximumShortTimerMs
    const step = (): void => {
      const stepMs =
        fireAtMs - this.#state.nowMs() > maximumShortTimerMs
          ? this.#state.nowMs() + longTimerStepMs
          : fireAtMs
      const decision: Decision = {
        kind: 'timer',
        id: this.#state.schedule.takeId(),
        fireAt: new Date(stepMs).toISOString(),
      }
      this.#state.schedule
        .add(decision, !isCanceled)
        .onSettled(() => (stepMs < fireAtMs ? step() : outer.settle()))
    }
    step()
    return isLong && !isCanceled ? this.#grow(outer) : outer
  }

  #send(action: Action, isSignal: boolean): ReplayTask {
    const target = action.instanceId ?? ''
    if (this.#refusesEntity(target, isSignal)) return new ReplayTask()
    const task = this.#post(target, {
      kind: isSignal ? 'signal' : 'call',
      operation: action.operation ?? '',
      input: toJsonText(action.input),
    })
    if (isSignal) return settled()
    this.#state.mailbox.beginCall()
    return task
  }

  #lock({ lockSet = [], lockRequestId = '' }: Action): ReplayTask {
    const targets = lockSet.map(({ name, key }) => entityInstanceId(name, key))
    const [first] = targets
    if (first === undefined || targets.some((target) => this.#refusesEntity(target, false)))
      return new ReplayTask()
    this.#locked = { targets, requestId: lockRequestId }
    this.#state.mailbox.beginCall()
    return this.#post(first, { kind: 'lock', requestId: lockRequestId, lockSet: targets })
  }

  #release(): ReplayTask {
    const { targets, requestId } = this.#locked
    this.#locked = { targets: [], requestId: '' }
    for (const target of targets) this.#post(target, { kind: 'release', requestId })
    return settled()
  }

  #refusesEntity(target: string, isSignal: boolean): boolean {
    const unknown = this.#state.context.refuse('entity', parseEntityId(target).name)
    if (unknown === undefined) return false
    if (!isSignal)
      this.#state.differs(
        `${brief(unknown)} The orchestration failed with that; in Azure it would stay Running for ever.`,
      )
    this.#state.fail(unknown)
    return true
  }

  #post(target: string, message: EntityMessage): ReplayTask {
    const id = this.#state.schedule.takeId()
    const predecessor = this.#lastSentTo.get(target) ?? '0001-01-01T00:00:00'
    // Good only for what is new; what the history knows has the time that stands there.
    const sentAt = new Date(this.#state.nowMs()).toISOString()
    this.#lastSentTo.set(target, sentAt)
    return this.#state.schedule.add({ kind: 'entity', id, target, message, predecessor, sentAt }, false)
  }

  #callHttp(request: HttpRequest | undefined): ReplayTask {
    const outer = new ReplayTask()
    const ask = (asked: HttpRequest | undefined, id: number): void => {
      const decision: Decision = { kind: 'activity', id, name: builtInHttp, input: asked ?? null }
      const task = this.#state.schedule.add(decision, true)
      task.onSettled(() => {
        if (task.hasFailed) return outer.settle({ failed: true })
        const poll =
          asked?.asynchronousPatternEnabled === false
            ? undefined
            : nextPoll(asked, task.result, this.#state.context.httpPollDelayMs)
        if (poll === undefined) return outer.settle()
        if (poll.dropsCredentials)
          this.#state.differs(
            'Authorization and Cookie of a callHttp were not sent on to another origin; Azure would send them.',
          )
        const timer = this.#timer(this.#state.nowMs() + poll.delayMs, false)
        // The SDK numbers the next request together with its timer.
        const nextId = this.#state.schedule.takeId()
        this.#state.schedule.hold(nextId)
        timer.onSettled(() => ask(poll.request, nextId))
      })
    }
    ask(request, this.#state.schedule.takeId())
    return this.#grow(outer)
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
