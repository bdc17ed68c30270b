import { describe, expect, it } from '@jest/globals'

import { EventType, type HistoryEvent, makeEvent } from './history-event.ts'
import { groupRows } from './timeline-groups.ts'
import { timelineOf } from './timeline.ts'

type Fields = Partial<HistoryEvent>

/** An event at so many ms. */
function at(ms: number, type: keyof typeof EventType, fields: Fields = {}): HistoryEvent {
  const { EventId = -1, ...rest } = fields
  return makeEvent(new Date(ms).toISOString(), EventType[type], rest, EventId)
}

/** An episode: what came, then what was decided. */
function episode(ms: number, ...events: HistoryEvent[]): HistoryEvent[] {
  return [at(ms, 'orchestratorStarted'), ...events, at(ms, 'orchestratorCompleted')]
}

const begin = (ms: number, ...events: HistoryEvent[]): HistoryEvent[] =>
  episode(ms, at(ms, 'executionStarted', { Name: 'order' }), ...events)
const scheduled = (ms: number, id: number, name: string): HistoryEvent =>
  at(ms, 'taskScheduled', { EventId: id, Name: name })
const failed = (ms: number, id: number, text: string): HistoryEvent =>
  at(ms, 'taskFailed', {
    TaskScheduledId: id,
    Reason: `Activity function 'charge' failed:  ${text}`,
    Details: '',
  })
const timer = (ms: number, id: number, fireMs: number): HistoryEvent =>
  at(ms, 'timerCreated', { EventId: id, FireAt: new Date(fireMs).toISOString() })
const fired = (ms: number, id: number): HistoryEvent => at(ms, 'timerFired', { TimerId: id })

describe('the timeline of a history', () => {
  it('has a call from when it was asked for to its end', () => {
    const timeline = timelineOf([
      ...begin(100, scheduled(101, 0, 'reserve')),
      ...episode(
        150,
        at(140, 'taskCompleted', { TaskScheduledId: 0, Result: '{"shelf":7}' }),
        at(151, 'executionCompleted', { OrchestrationStatus: 'Completed' }),
      ),
    ])

    expect(timeline).toEqual({
      startedMs: 100,
      endedMs: 151,
      rows: [
        {
          kind: 'activity',
          name: 'reserve',
          id: 0,
          spans: [{ fromMs: 101, toMs: 140, state: 'completed', result: '{"shelf":7}' }],
        },
      ],
    })
  })

  it('has the attempts of a call in one row, each with its failure, and no row for the delays between', () => {
    const { rows } = timelineOf([
      ...begin(0, scheduled(0, 0, 'charge')),
      ...episode(10, failed(9, 0, 'declined'), timer(10, 1, 500)),
      ...episode(500, fired(10, 1), scheduled(501, 2, 'charge')),
      ...episode(510, failed(509, 2, 'declined again'), timer(510, 3, 510)),
      ...episode(511, fired(510, 3), at(511, 'executionCompleted')),
    ])

    expect(rows).toEqual([
      {
        kind: 'activity',
        name: 'charge',
        id: 0,
        spans: [
          { fromMs: 0, toMs: 9, state: 'failed', failure: 'declined' },
          { fromMs: 501, toMs: 509, state: 'failed', failure: 'declined again' },
        ],
      },
    ])
  })

  it('tells the attempts of calls side by side apart', () => {
    const { rows } = timelineOf([
      ...begin(0, scheduled(0, 0, 'charge'), scheduled(0, 1, 'notify'), scheduled(0, 2, 'charge')),
      ...episode(10, failed(9, 1, 'a'), failed(9, 2, 'b'), timer(10, 3, 50), timer(10, 4, 40)),
      ...episode(40, fired(10, 4), scheduled(41, 5, 'charge')),
      ...episode(50, fired(10, 3), scheduled(51, 6, 'notify')),
    ])

    expect(rows.map(({ id, name, spans }) => [id, name, spans.map(({ fromMs }) => fromMs)])).toEqual([
      [0, 'charge', [0]],
      [1, 'notify', [0, 51]],
      [2, 'charge', [0, 41]],
    ])
  })

  it('keeps a timer that somebody made after a failure', () => {
    const { rows } = timelineOf([
      ...begin(0, scheduled(0, 0, 'charge')),
      ...episode(10, failed(9, 0, 'declined'), timer(10, 1, 500)),
      ...episode(500, fired(10, 1), scheduled(501, 2, 'refund')),
    ])

    expect(rows.map(({ kind, name, spans }) => [kind, name, spans.length])).toEqual([
      ['activity', 'charge', 1],
      ['timer', '', 1],
      ['activity', 'refund', 1],
    ])
  })

  it('has timers with the time that they are to fire at, and the one at which they did', () => {
    const { rows } = timelineOf([
      ...begin(0, timer(1, 0, 90), timer(1, 1, 5000)),
      ...episode(100, fired(1, 0)),
    ])

    expect(rows).toEqual([
      {
        kind: 'timer',
        name: '',
        id: 0,
        plannedMs: 90,
        spans: [{ fromMs: 1, toMs: 100, state: 'completed' }],
      },
      { kind: 'timer', name: '', id: 1, plannedMs: 5000, spans: [{ fromMs: 1, state: 'running' }] },
    ])
  })

  it('has the waits for events, with what came, and events that nobody has taken', () => {
    const history = [
      ...begin(0),
      ...episode(70, at(69, 'eventRaised', { Name: 'approved', Input: '"Ada"' })),
      ...episode(80, at(79, 'eventRaised', { Name: 'other', Input: null })),
    ]
    const waits = [
      { name: 'approved', fromMs: 5, toMs: 70 },
      { name: 'paid', fromMs: 70 },
    ]

    expect(timelineOf(history, waits).rows.map(({ name, spans }) => [name, ...spans])).toEqual([
      ['approved', { fromMs: 5, toMs: 70, state: 'completed', result: '"Ada"' }],
      ['paid', { fromMs: 70, state: 'running' }],
      ['other', { fromMs: 79, toMs: 79, state: 'left' }],
    ])
    expect(timelineOf(history).rows.map(({ name, spans }) => [name, spans[0]?.state])).toEqual([
      ['approved', 'completed'],
      ['other', 'completed'],
    ])
  })

  it('has calls of entities and locks until their answers, signals at once, and suspensions', () => {
    const sent = (ms: number, id: number, message: object, name = 'op'): HistoryEvent =>
      at(ms, 'eventSent', {
        EventId: id,
        InstanceId: '@stock@shoes',
        Name: name,
        Input: JSON.stringify(message),
      })
    const answered = (ms: number, id: string, answer: object): HistoryEvent =>
      at(ms, 'eventRaised', { Name: id, Input: JSON.stringify(answer) })
    const { rows } = timelineOf([
      ...begin(
        0,
        sent(1, 0, { op: 'add', signal: true, id: 'a' }),
        sent(1, 1, { op: 'take', id: 'b' }),
        sent(1, 2, { lockset: [], id: 'c' }),
      ),
      ...episode(9, answered(8, 'b', { result: '"none"', exceptionType: 'Error' }), answered(8, 'c', {})),
      ...episode(20, sent(20, 3, { id: 'c' }, 'release')),
      ...episode(30, at(30, 'executionSuspended', { Reason: 'lunch' })),
      ...episode(40, at(40, 'executionResumed', { Reason: 'on' })),
    ])

    expect(rows.map(({ kind, name, spans }) => [kind, name, ...spans])).toEqual([
      ['entitySignal', 'add', { fromMs: 1, toMs: 1, state: 'completed' }],
      ['entityCall', 'take', { fromMs: 1, toMs: 8, state: 'failed', failure: '"none"' }],
      [
        'lock',
        'lock',
        { fromMs: 1, toMs: 8, state: 'completed', label: 'waits' },
        { fromMs: 8, toMs: 20, state: 'completed', label: 'holds' },
      ],
      ['suspension', 'lunch', { fromMs: 30, toMs: 40, state: 'completed' }],
    ])
  })

  it('says of what still ran at the end that it was left', () => {
    const { rows } = timelineOf([
      ...begin(0, scheduled(0, 0, 'slow')),
      ...episode(10, at(10, 'executionTerminated'), at(11, 'executionCompleted')),
    ])

    expect(rows[0]?.spans).toEqual([{ fromMs: 0, toMs: 11, state: 'left' }])
  })

  it('takes the stack of the code out of a failure', () => {
    const details = JSON.stringify({
      InnerException: { RemoteStackTrace: 'Error: x\n    at charge (index.js:3:9)' },
    })
    const { rows } = timelineOf([
      ...begin(0, scheduled(0, 0, 'charge')),
      ...episode(5, at(5, 'taskFailed', { TaskScheduledId: 0, Reason: 'x', Details: details })),
    ])

    expect(rows[0]?.spans[0]?.stack).toContain('index.js:3:9')
  })
})

describe('a timeline of many rows', () => {
  it('tells calls of one name by their figures', () => {
    const tasks = Array.from({ length: 1000 }, (_, id) => id)
    const timeline = timelineOf([
      ...begin(0, scheduled(0, 5000, 'first'), ...tasks.map((id) => scheduled(10, id, 'charge'))),
      ...episode(
        2000,
        ...tasks.slice(2).map((id) => at(10 + id, 'taskCompleted', { TaskScheduledId: id, Result: null })),
        failed(1500, 0, 'no'),
      ),
    ])

    expect(groupRows(timeline)).toEqual([
      expect.objectContaining({ name: 'first' }),
      {
        kind: 'activity',
        name: 'charge',
        count: 1000,
        failed: 1,
        running: 1,
        retried: 0,
        fromMs: 10,
        minMs: 2,
        medianMs: 501,
        maxMs: 1490,
      },
    ])
  })
})
