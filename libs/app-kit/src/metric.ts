import type { InvocationContext } from '@azure/functions'
import type { MetricDimensions, MetricName } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'

/** Tells a number to whoever watches the app. Only metrics that the app declares in its `config.ts` are accepted. */
export type RecordMetric<M extends MetricName = MetricName> = <N extends M>(
  name: N,
  value: number,
  dimensions: MetricDimensions<N>,
) => void

/** Records the declared metrics of an app in one invocation. @throws INTERNAL for a metric that is not declared */
export function metricRecorder<M extends MetricName>(
  declared: readonly M[],
  context: InvocationContext,
): RecordMetric<M> {
  return (name, value, dimensions) => {
    if (!declared.includes(name))
      throw err('INTERNAL', { detail: `The metric ${name} is not declared in the app's config.ts.` })
    writeMetric(context, name, value, dimensions)
  }
}

const poisonSuffix = '-poison'

/** Whether a queue is where the host sets messages aside that failed too often. */
export function isPoisonQueue(queueName: string): boolean {
  return queueName.endsWith(poisonSuffix)
}

/** The metrics that the edge records by itself for the queues that an app listens to; no app declares them. */
export function queueMetricsOf(queueNames: readonly string[]): MetricName[] {
  return [
    ...(queueNames.some((name) => !isPoisonQueue(name)) ? (['queue.waitMs'] as const) : []),
    ...(queueNames.some(isPoisonQueue) ? (['queue.poisoned'] as const) : []),
  ]
}

/** Records how long a message has waited for its first delivery; one that was set aside, by the queue that it came from. */
export function recordDelivery(context: InvocationContext, queueName: string): void {
  if (isPoisonQueue(queueName))
    return writeMetric(context, 'queue.poisoned', 1, { queue: queueName.slice(0, -poisonSuffix.length) })
  const { insertionTime, dequeueCount } = context.triggerMetadata ?? {}
  const insertedMs = Date.parse(String(insertionTime))
  if (Number.isNaN(insertedMs) || Number(dequeueCount) > 1) return
  writeMetric(context, 'queue.waitMs', Math.max(0, Date.now() - insertedMs), { queue: queueName })
}

/** One line of the invocation's log. The Node worker hands it on as text: Application Insights keeps it as the message of a trace. */
function writeMetric<N extends MetricName>(
  context: InvocationContext,
  metric: N,
  value: number,
  dimensions: MetricDimensions<N>,
): void {
  context.info(JSON.stringify({ metric, value, dimensions }))
}
