import { describe, expect, it } from '@jest/globals'

import { type Action, ActionType } from '../durable/action.ts'
import type { HistoryEvent } from '../durable/history-event.ts'
import {
  EventType,
  eventRaised,
  executionStarted,
  makeEvent,
  rewoundEvent,
  taskEnded,
} from '../durable/history-event.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import type { OrchestratorAnswer } from '../durable/orchestrator-answer.ts'
import { type Comparison, compareHistory, replayableEvents } from './compare-history.ts'

const at = '2026-01-01T00:00:00.000Z'
const begins = makeEvent(at, EventType.orchestratorStarted)
const ends = makeEvent(at, EventType.orchestratorCompleted)
const execution = executionStarted({
  at,
  instance: { InstanceId: 'i', ExecutionId: 'e' },
  parent: null,
  name: 'o',
  version: '',
  input: null,
  generation: 0,
})
const scheduled = (id: number, name: string): HistoryEvent =>
  makeEvent(at, EventType.taskScheduled, { Name: name }, id)
const completed = (id: number): HistoryEvent => taskEnded(at, id, { result: '1' })
const over = (status: string, result: string | null = null): HistoryEvent =>
  makeEvent(at, EventType.executionCompleted, { OrchestrationStatus: status, Result: result })
const activity = (functionName: string): Action => ({ actionType: ActionType.callActivity, functionName })

function fileOf(events: HistoryEvent[]): HistoryFile {
  return {
    formatVersion: 1,
    appName: 'a',
    orchestratorName: 'o',
    instanceId: 'i',
    executionId: 'e',
    version: '',
    status: 'Running',
    input: null,
    settings: { httpPollDelayMs: 30_000, defaultVersion: null },
    subOrchestrations: [],
    events,
  }
}

function compare(
  events: HistoryEvent[],
  actions: Action[],
  answer: Partial<OrchestratorAnswer> = {},
): Comparison {
  return compareHistory(fileOf(events), {
    isDone: false,
    actions,
    output: null,
    customStatus: null,
    ...answer,
  })
}

describe('a history is the same as what the code does', () => {
  it('where what failed was rewound and done again', () => {
    const first = [begins, execution, rewoundEvent(scheduled(0, 'a')), ends]
    const second = [begins, rewoundEvent(completed(0)), rewoundEvent(over('Failed')), ends]
    const third = [begins, makeEvent(at, EventType.generic, { Data: 'again' }), scheduled(0, 'a'), ends]

    const { difference, episodes, actions } = compare([...first, ...second, ...third], [activity('a')])

    expect({ difference, episodes, actions }).toEqual({ difference: undefined, episodes: 3, actions: 1 })
  })

  it('where it was suspended in the episode in which it decided', () => {
    const suspended = makeEvent(at, EventType.executionSuspended)
    const history = [
      begins,
      execution,
      scheduled(0, 'a'),
      ends,
      begins,
      completed(0),
      suspended,
      scheduled(1, 'b'),
      ends,
    ]

    expect(compare(history, [activity('a'), activity('b')]).difference).toBeUndefined()
  })

  it('where a generation that continues another one begins with an episode that is over', () => {
    const history = [begins, execution, ends, eventRaised(at, 'x', null), scheduled(0, 'a'), ends]

    expect(compare(history, [activity('a')]).difference).toBeUndefined()
  })

  it('where a timer was made and cancelled in the last episode, after a task that had lost a race', () => {
    const race = [begins, execution, scheduled(0, 'a'), scheduled(1, 'b'), ends, begins, completed(0), ends]
    const end = [begins, eventRaised(at, 'x', null), completed(1), over('Completed'), ends]
    const timer = { actionType: ActionType.createTimer, fireAt: at, isCanceled: true }
    const wait = { actionType: ActionType.waitForExternalEvent, externalEventName: 'x' }
    const actions = [
      { actionType: ActionType.whenAny, compoundActions: [activity('a'), activity('b')] },
      { actionType: ActionType.whenAny, compoundActions: [wait, timer] },
    ]

    expect(compare([...race, ...end], actions, { isDone: true }).difference).toBeUndefined()
  })

  it('up to the end, where the host ended it and not the code', () => {
    const failure = over('Failed', `Orchestrator function 'o' failed: The UTF-16 size of the payload`)

    expect(compare([begins, execution, failure, ends], [activity('a')]).difference).toBeUndefined()
  })
})

describe('a history differs', () => {
  const waiting = [begins, execution, scheduled(0, 'a'), ends]

  it('where the code does more than an episode has', () => {
    const both = { actionType: ActionType.whenAll, compoundActions: [activity('a'), activity('b')] }

    expect(compare(waiting, [both]).difference).toMatchObject({
      eventCount: 3,
      episode: 1,
      now: { id: 1, name: 'b' },
    })
  })

  it('where the code ends and the history waits', () => {
    const difference = compare([...waiting, begins, completed(0), ends], [activity('a')], {
      isDone: true,
    }).difference

    expect(difference).toEqual({
      eventCount: 7,
      episode: 2,
      ends: { recorded: undefined, now: { kind: 'completed', output: null } },
    })
  })

  it('where the code breaks, whatever it did before', () => {
    const difference = compare([...waiting, begins, completed(0), over('Completed'), ends], [], {
      broken: 'Do not know how to serialize a BigInt',
    }).difference

    expect(difference?.recorded).toBeUndefined()
    expect(difference?.ends?.now).toMatchObject({ kind: 'failed' })
  })
})

it('leaves out the episode in which an instance was terminated: nothing that its code answered was used', () => {
  const terminated = makeEvent(at, EventType.executionTerminated)
  const events = [
    begins,
    execution,
    scheduled(0, 'a'),
    ends,
    begins,
    completed(0),
    terminated,
    over('Terminated'),
    ends,
  ]

  expect(replayableEvents(fileOf(events))).toHaveLength(4)
})
