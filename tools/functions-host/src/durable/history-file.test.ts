import { describe, expect, it } from '@jest/globals'

import { historyFileOf, type HistorySource, readHistoryFile, writeHistoryFile } from './history-file.ts'
import { EventType, executionStarted, makeEvent } from './history-event.ts'

const hub = { appName: 'shop', settings: { httpPollDelayMs: 30_000, defaultVersion: undefined } }
const now = '2026-01-01T00:00:00.000Z'
const instance = { InstanceId: 'order-1', ExecutionId: 'abc' }
const started = executionStarted({
  at: now,
  instance,
  parent: null,
  name: 'orderSaga',
  version: '1.0',
  input: '{"total":5}',
  generation: 0,
})
const events = [
  makeEvent(now, EventType.orchestratorStarted),
  started,
  makeEvent(now, EventType.subOrchestrationCreated, { Name: 'ship', InstanceId: 'abc:0' }, 0),
  makeEvent(now, EventType.orchestratorCompleted),
]

function sourceOf(history: readonly object[]): HistorySource {
  const row = {
    instance_id: 'order-1',
    execution_id: 'abc',
    name: 'orderSaga',
    status: 'Running',
    input: '{"total":5}',
    output: null,
    custom_status: null,
    failure: null,
    retries: null,
    parent: null,
    generation: 0,
    created_ms: 0,
    updated_ms: 0,
  }
  return {
    instance: (id) => (id === 'order-1' ? row : undefined),
    history: () => history.map((event) => JSON.stringify(event)),
  }
}

describe('a history file', () => {
  it('holds an instance, what it ran under, its children and its events as they are stored', () => {
    const file = historyFileOf(sourceOf(events), 'order-1', hub)

    expect(file).toEqual({
      formatVersion: 1,
      appName: 'shop',
      orchestratorName: 'orderSaga',
      instanceId: 'order-1',
      executionId: 'abc',
      version: '1.0',
      status: 'Running',
      input: { total: 5 },
      settings: { httpPollDelayMs: 30_000, defaultVersion: null },
      subOrchestrations: [{ orchestratorName: 'ship', instanceId: 'abc:0' }],
      events,
    })
  })

  it('is the same after it was written and read', () => {
    const file = historyFileOf(sourceOf(events), 'order-1', hub)

    const read = readHistoryFile(writeHistoryFile(file!), 'order.history.json')

    expect(read).toEqual(file)
  })

  it('is not there for an instance that is not', () => {
    expect(historyFileOf(sourceOf(events), 'order-2', hub)).toBeUndefined()
  })

  const whole = JSON.parse(writeHistoryFile(historyFileOf(sourceOf(events), 'order-1', hub)!)) as object
  it.each([
    ['{', 'cannot be read as JSON'],
    ['[]', 'is no history file'],
    ['null', 'is no history file'],
    [{ ...whole, formatVersion: 2 }, 'has format 2, this host knows 1'],
    [{ ...whole, instanceId: 5 }, '"instanceId" must be text'],
    [{ ...whole, settings: undefined }, '"settings.httpPollDelayMs" must be a number'],
    [{ ...whole, events: [null] }, '"events" must be a list'],
    [{ ...whole, events: [] }, 'had not run when it was exported'],
  ])('is refused with its name and the remedy: %j', (file, reason) => {
    const text = typeof file === 'string' ? file : JSON.stringify(file)

    expect(() => readHistoryFile(text, 'order.history.json')).toThrow(reason)
    expect(() => readHistoryFile(text, 'order.history.json')).toThrow('order.history.json')
  })
})
