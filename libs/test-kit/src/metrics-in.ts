/** A metric as an app records it. */
export interface RecordedMetric {
  readonly metric: string
  readonly value: number
  readonly dimensions: Readonly<Record<string, string>>
}

/** The metrics recorded in the output of a host. */
export function metricsIn(output: string): RecordedMetric[] {
  return [...output.matchAll(/\{"metric":.*\}/g)].map(([json]) => JSON.parse(json) as RecordedMetric)
}
