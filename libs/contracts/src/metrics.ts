/** A number that apps tell whoever watches them: what it counts or measures, and the dimensions it can be split by. */
export interface MetricSpec {
  readonly name: string
  /** `count`: add the values up. `gauge`: each value is a measurement; look at percentiles and maxima. */
  readonly kind: 'count' | 'gauge'
  readonly unit: string
  readonly help: string
  readonly dimensions: readonly string[]
}

/** Every metric of the product. Workbook, alerts and the infra checks are held against this list. */
export const metrics = [
  {
    name: 'jobs.ended',
    kind: 'count',
    unit: 'job',
    help: 'Runs of jobs that have ended; code and category are those of the error, or empty.',
    dimensions: ['state', 'mediaType', 'code', 'category'],
  },
  {
    name: 'job.durationMs',
    kind: 'gauge',
    unit: 'ms',
    help: 'From the claim of a run to its end.',
    dimensions: ['state', 'mediaType'],
  },
  {
    name: 'job.waitMs',
    kind: 'gauge',
    unit: 'ms',
    help: 'From when a run was due to its claim.',
    dimensions: ['mediaType'],
  },
  {
    name: 'tasks.ended',
    kind: 'count',
    unit: 'task',
    help: 'Tasks that have ended; code is that of the error, or empty.',
    dimensions: ['state', 'operation', 'code'],
  },
  {
    name: 'task.durationMs',
    kind: 'gauge',
    unit: 'ms',
    help: 'From the first sign of a worker to the success of its task.',
    dimensions: ['operation'],
  },
  {
    name: 'attempts.failed',
    kind: 'count',
    unit: 'attempt',
    help: 'Attempts of tasks that failed or whose worker was lost.',
    dimensions: ['operation', 'code'],
  },
  {
    name: 'usage.amountNano',
    kind: 'count',
    unit: 'nano-unit of the currency',
    help: 'Price of the usage of tasks, by the price book.',
    dimensions: ['meter', 'operation', 'currency', 'billable'],
  },
  {
    name: 'queue.waitMs',
    kind: 'gauge',
    unit: 'ms',
    help: 'From when a message was sent to its first delivery.',
    dimensions: ['queue'],
  },
  {
    name: 'queue.poisoned',
    kind: 'count',
    unit: 'message',
    help: 'Messages that failed too often and were set aside; queue is the one that they came from.',
    dimensions: ['queue'],
  },
  {
    name: 'replica.lagMs',
    kind: 'gauge',
    unit: 'ms',
    help: 'Age of the oldest change of a batch when it was copied to the backup account, or could not be.',
    dimensions: ['container'],
  },
] as const satisfies readonly MetricSpec[]

/** Name of a metric. */
export type MetricName = (typeof metrics)[number]['name']

/** The dimensions of a metric, each with its value; the empty text where there is none. */
export type MetricDimensions<N extends MetricName> = Readonly<
  Record<Extract<(typeof metrics)[number], { readonly name: N }>['dimensions'][number], string>
>
