import { InvocationContext } from '@azure/functions'
import { expect, it } from '@jest/globals'
import { metrics } from '@zoetrope/contracts'

import { defineApp } from './app.ts'
import { queueMetricsOf, recordDelivery } from './metric.ts'

const app = defineApp({ name: 'test', settings: {}, metrics: ['replica.lagMs'] })

/** A context, and the lines that it logs at level information, as the platform keeps them. */
function anInvocation(triggerMetadata: Readonly<Record<string, unknown>> = {}) {
  const lines: unknown[] = []
  const context = new InvocationContext({
    triggerMetadata: { ...triggerMetadata },
    logHandler: (level, line) => void (level === 'information' && lines.push(JSON.parse(String(line)))),
  })
  return { context, lines }
}

it('records a declared metric as one line', () => {
  const { context, lines } = anInvocation()

  app.recorder(context)('replica.lagMs', 1500, { container: 'jobs' })

  expect(lines).toEqual([{ metric: 'replica.lagMs', value: 1500, dimensions: { container: 'jobs' } }])
})

it('refuses a metric that the app does not declare', () => {
  const { context, lines } = anInvocation()
  const record = app.recorder(context)

  // @ts-expect-error -- the type refuses it too
  expect(() => record('queue.poisoned', 1, { queue: 'x' })).toThrow('not declared')
  expect(lines).toEqual([])
})

it('tells how long a message waited for its first delivery, and of a poisoned one where it came from', () => {
  const insertionTime = new Date(Date.now() - 60_000).toISOString().replace('Z', '+00:00')
  const first = anInvocation({ insertionTime, dequeueCount: 1 })
  const second = anInvocation({ insertionTime, dequeueCount: 2 })
  const poisoned = anInvocation({ insertionTime, dequeueCount: 1 })

  recordDelivery(first.context, 'job-starts')
  recordDelivery(second.context, 'job-starts')
  recordDelivery(poisoned.context, 'job-starts-poison')

  expect(first.lines).toEqual([
    { metric: 'queue.waitMs', value: expect.any(Number), dimensions: { queue: 'job-starts' } },
  ])
  expect((first.lines[0] as { value: number }).value).toBeGreaterThanOrEqual(60_000)
  expect(second.lines).toEqual([])
  expect(poisoned.lines).toEqual([
    { metric: 'queue.poisoned', value: 1, dimensions: { queue: 'job-starts' } },
  ])
})

it('knows which metrics come with the queues that an app listens to', () => {
  expect(queueMetricsOf([])).toEqual([])
  expect(queueMetricsOf(['a'])).toEqual(['queue.waitMs'])
  expect(queueMetricsOf(['a', 'a-poison'])).toEqual(['queue.waitMs', 'queue.poisoned'])
})

it('has names of its own for every metric, with the unit of a time in the name', () => {
  expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length)
  for (const { name, unit } of metrics) expect(name.endsWith('Ms')).toBe(unit === 'ms')
})
