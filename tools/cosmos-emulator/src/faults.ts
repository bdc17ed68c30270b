/** A fault to be answered instead of serving a request. */
export interface FaultRule {
  /** HTTP method; any when absent. */
  method?: string
  /** Matched against the path, such as `/dbs/d/colls/c/docs`; any when absent. */
  pathPattern?: RegExp | string
  /** The status to answer; absent to serve the request after the delay. */
  status?: number
  substatus?: number
  retryAfterMs?: number
  /** Waits so long before anything else. */
  delayMs?: number
  /** Cuts the connection instead of answering. */
  dropsConnection?: boolean
  /** How many requests it strikes. */
  times: number
}

/** The faults of an account that have not struck often enough yet. */
export class Faults {
  #rules: FaultRule[] = []

  add(rule: FaultRule): void {
    this.#rules.push({ ...rule })
  }

  /** The fault that strikes this request, counted. */
  take(method: string, path: string): FaultRule | undefined {
    const rule = this.#rules.find(
      (candidate) =>
        candidate.times > 0 &&
        (candidate.method === undefined || candidate.method.toUpperCase() === method) &&
        (candidate.pathPattern === undefined || new RegExp(candidate.pathPattern).test(path)),
    )
    if (rule) rule.times -= 1
    this.#rules = this.#rules.filter(({ times }) => times > 0)
    return rule
  }
}
