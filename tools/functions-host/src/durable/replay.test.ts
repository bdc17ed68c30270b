import { describe, expect, it } from '@jest/globals'
import { type Action, ActionType } from './action.ts'
import {
  EventType,
  eventRaised,
  executionStarted,
  type HistoryEvent,
  makeEvent,
  taskEnded,
} from './history-event.ts'
import type { OrchestratorAnswer } from './orchestrator-answer.ts'
import { replay } from './replay.ts'

const at = (ms: number): string => new Date(1_000_000 + ms).toISOString()
const now = at(0)
const started = (ms = 0): HistoryEvent => makeEvent(at(ms), EventType.orchestratorStarted)
const execution = executionStarted({
  at: now,
  instance: { InstanceId: 'i', ExecutionId: 'e' },
  parent: null,
  name: 'o',
  version: '',
  input: null,
  generation: 0,
})
const scheduled = (id: number, name = 'a'): HistoryEvent =>
  makeEvent(now, EventType.taskScheduled, { Name: name }, id)
const completed = (id: number): HistoryEvent => taskEnded(now, id, { result: '1' })
const failed = (id: number, reason = 'bad'): HistoryEvent =>
  taskEnded(now, id, { failure: { reason, details: 'd' } })
const timerCreated = (id: number): HistoryEvent => makeEvent(now, EventType.timerCreated, {}, id)
const timerFired = (id: number): HistoryEvent => makeEvent(now, EventType.timerFired, { TimerId: id })

const activity = (name = 'a'): Action => ({ actionType: ActionType.callActivity, functionName: name })
const wait = (name: string): Action => ({
  actionType: ActionType.waitForExternalEvent,
  externalEventName: name,
})
const timer = (ms: number, isCanceled = false): Action => ({
  actionType: ActionType.createTimer,
  fireAt: at(ms),
  isCanceled,
})
const all = (...compoundActions: Action[]): Action => ({ actionType: ActionType.whenAll, compoundActions })
const any = (...compoundActions: Action[]): Action => ({ actionType: ActionType.whenAny, compoundActions })
const retried = (max: number, more = {}): Action => ({
  ...activity(),
  actionType: ActionType.callActivityWithRetry,
  retryOptions: {
    firstRetryIntervalInMilliseconds: 100,
    maxNumberOfAttempts: max,
    backoffCoefficient: 2,
    ...more,
  },
})

function play(history: HistoryEvent[], actions: Action[], answer: Partial<OrchestratorAnswer> = {}) {
  const whole = { isDone: false, actions, output: null, customStatus: null, ...answer }
  return replay([started(), execution, ...history], whole, {
    orchestratorName: 'o',
    httpPollDelayMs: 30_000,
    defaultVersion: undefined,
    refuse: () => undefined,
  })
}
const ids = (decisions: { id: number }[]): number[] => decisions.map(({ id }) => id)

describe('replay', () => {
  it('starts an action only when the code had asked for it: it may have waited for a retried call that had lost a race', () => {
    const over = (count: number): HistoryEvent =>
      makeEvent(now, EventType.orchestratorCompleted, { Actions: count })
    const lost = [scheduled(0), scheduled(1), over(1), started(), completed(0), over(1)]
    const again = [
      started(),
      failed(1),
      timerCreated(2),
      over(1),
      started(),
      timerFired(2),
      scheduled(3),
      over(1),
    ]
    const race = any(activity(), retried(3))

    expect(play(lost, [race])).toMatchObject({ decisions: [], isDelicate: true })
    const code = [race, activity('b')]
    expect(ids(play([...lost, ...again, started(), completed(3)], code).decisions)).toEqual([4])
    const after = [started(), completed(3), scheduled(4, 'b'), over(2), started(), completed(4)]
    const end = play([...lost, ...again, ...after], code, { isDone: true, output: '1' })
    expect(end.outcome).toEqual({ kind: 'completed', output: '1' })
  })

  it('tells which waits for events an episode began or ended', () => {
    const go = eventRaised(now, 'go', '1')
    const code = [any(wait('go'), timer(9000)), wait('stop')]

    expect(play([], code).waits).toEqual({ 0: { name: 'go', fromMs: 1_000_000 } })
    expect(play([timerCreated(0), started(500), go], code).waits).toEqual({
      0: { name: 'go', fromMs: 1_000_000, toMs: 1_000_500 },
      1: { name: 'stop', fromMs: 1_000_500 },
    })
    expect(play([timerCreated(0), started(500), go, started(800)], code).waits).toBeUndefined()
    expect(
      play([timerCreated(0), eventRaised(now, 'stop', null), started(500), go], code).waits,
    ).toMatchObject({
      1: { name: 'stop', fromMs: 1_000_500, toMs: 1_000_500 },
    })
  })

  it('numbers tasks in the order of their creation, children of compound actions from left to right', () => {
    const { decisions } = play(
      [],
      [all(activity('a'), wait('x'), any(activity('b'), timer(500)), activity('c'))],
    )
    expect(decisions).toMatchObject([
      { id: 0, kind: 'activity', name: 'a' },
      { id: 1, kind: 'activity', name: 'b' },
      { id: 2, kind: 'timer', fireAt: at(500) },
      { id: 3, kind: 'activity', name: 'c' },
    ])
  })

  it('takes no second decision on what was decided as the instance was suspended', () => {
    const suspended = makeEvent(now, EventType.executionSuspended)
    const history = [
      suspended,
      scheduled(0),
      makeEvent(now, EventType.orchestratorCompleted),
      started(5),
      eventRaised(now, 'x', null),
    ]

    expect(play(history, [activity()]).decisions).toEqual([])
  })

  it('takes no second decision on what the history knows', () => {
    expect(play([scheduled(0)], [activity(), activity()]).decisions).toEqual([])
    expect(ids(play([scheduled(0), completed(0)], [activity(), activity()]).decisions)).toEqual([1])
  })

  it('ends when the code has ended and nothing is open', () => {
    const done = { isDone: true, output: '5' }
    expect(play([scheduled(0), completed(0)], [activity()], done).outcome).toEqual({
      kind: 'completed',
      output: '5',
    })
    const loser = [any(activity(), timer(5000))]
    const history = [scheduled(0), timerCreated(1), completed(0)]
    expect(play(history, loser, done).outcome).toBeUndefined()
    expect(play([...history, timerFired(1)], loser, done).outcome).toMatchObject({ kind: 'completed' })
    expect(play(history, [any(activity(), timer(5000, true))], done).outcome).toMatchObject({
      kind: 'completed',
    })
  })

  it('goes on at the first failure of a WhenAll, as the SDK does', () => {
    const history = [scheduled(0), scheduled(1), failed(0)]
    expect(ids(play(history, [all(activity(), activity()), activity('next')]).decisions)).toEqual([2])
  })

  it('gives the first event to the last waiter and keeps early ones in their order', () => {
    const late = play(
      [eventRaised(now, 'x', '1'), eventRaised(now, 'y', '2'), eventRaised(now, 'x', '3')],
      [wait('x'), activity()],
    )
    expect(ids(late.decisions)).toEqual([0])
    const next = { isDone: true }
    const carried = play(
      [eventRaised(now, 'x', '1'), eventRaised(now, 'y', '2')],
      [wait('x'), { actionType: ActionType.continueAsNew, input: 7 }],
      next,
    )
    expect(carried.outcome).toMatchObject({
      kind: 'continuedAsNew',
      input: '7',
      carried: [{ Name: 'y', Input: '2' }],
    })
  })

  it('retries after growing delays, and makes one idle timer after the last failure', () => {
    const begin = [scheduled(0), started(1000), failed(0)]
    expect(play(begin, [retried(2)]).decisions).toMatchObject([{ id: 1, kind: 'timer', fireAt: at(1100) }])
    const second = [...begin, timerCreated(1), started(1100), timerFired(1)]
    expect(play(second, [retried(2)]).decisions).toMatchObject([{ id: 2, kind: 'activity' }])
    const last = [...second, scheduled(2), started(2000), failed(2)]
    expect(play(last, [retried(2)]).decisions).toMatchObject([{ id: 3, kind: 'timer', fireAt: at(2000) }])
    expect(
      ids(play([...last, timerCreated(3), timerFired(3)], [retried(2), activity('next')]).decisions),
    ).toEqual([4])
  })

  it('fails the attempts that a retry timeout forbids, so that the SDK hears of the end', () => {
    const begin = [scheduled(0), started(1000), failed(0, 'why'), timerCreated(1), timerFired(1)]
    const { decisions, differences } = play(begin, [retried(5, { retryTimeoutInMilliseconds: 500 })])
    expect(decisions).toMatchObject([{ id: 2, kind: 'activity', refusal: { reason: 'why' } }])
    expect(differences).toHaveLength(1)
  })

  it('splits a timer of more than six days into steps of three', () => {
    const day = 86_400_000
    expect(play([], [timer(6 * day)]).decisions).toMatchObject([{ fireAt: at(6 * day) }])
    expect(play([], [timer(7 * day)]).decisions).toMatchObject([{ id: 0, fireAt: at(3 * day) }])
    const later = [timerCreated(0), started(3 * day), timerFired(0)]
    expect(play(later, [timer(7 * day)]).decisions).toMatchObject([{ id: 1, fireAt: at(7 * day) }])
  })

  it('holds events back while suspended and hands them in on resuming', () => {
    const suspended = [
      makeEvent(now, EventType.executionSuspended, { Reason: 'hold' }),
      eventRaised(now, 'x', '1'),
    ]
    const held = play(suspended, [wait('x'), activity()], { isDone: false })
    expect(held).toMatchObject({ isSuspended: true, controlReason: 'hold', decisions: [] })
    const resumed = play(
      [...suspended, makeEvent(now, EventType.executionResumed, { Reason: 'on' })],
      [wait('x'), activity()],
    )
    expect([resumed.isSuspended, ids(resumed.decisions)]).toEqual([false, [0]])
  })

  it('says in the recorded words that the code has changed', () => {
    const { outcome } = play([scheduled(0, 'echo'), completed(0)], [timer(1000)])
    expect(outcome).toEqual({
      kind: 'failed',
      text: "Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with sequence number 0 named 'echo', but the current orchestration replay instead produced a CreateTimerOrchestratorAction action with this sequence number. Was a change made to the orchestrator code after this instance had already started running?",
    })
    expect(play([scheduled(0, 'echo'), completed(0)], [], { isDone: true }).outcome).toMatchObject({
      text: expect.stringContaining(
        "with sequence ID 0 and name 'echo' (version ''), but the current replay execution hasn't (yet?) scheduled this task.",
      ),
    })
  })

  it('fails what waits for nothing that could still come, where Azure hangs', () => {
    expect(play([scheduled(0), completed(0)], [activity()]).outcome).toMatchObject({
      kind: 'failed',
      text: expect.stringContaining('waits for nothing'),
    })
    expect(play([scheduled(0), completed(0)], [activity(), wait('x')]).outcome).toBeUndefined()
  })

  it('fails at once what broke outside the protocol, and what asks for something that is not there', () => {
    expect(play([scheduled(0)], [], { broken: 'why' }).outcome).toEqual({
      kind: 'failed',
      text: "Orchestrator function 'o' failed: why",
    })
    const scheduledSignal = { actionType: ActionType.scheduledSignalEntity }
    expect(play([], [scheduledSignal]).outcome).toMatchObject({
      kind: 'failed',
      text: expect.stringContaining('NotImplemented'),
    })
  })

  it('terminates whatever the code would say', () => {
    const history = [scheduled(0), makeEvent(now, EventType.executionTerminated, { Input: 'enough' })]
    expect(play(history, []).outcome).toEqual({ kind: 'terminated', reason: 'enough' })
  })
})
