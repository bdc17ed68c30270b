/** Something the replayed orchestrator waits for. It settles at most once, and tells whoever listens at once. */
export class ReplayTask {
  isSettled = false
  hasFailed = false
  /** The event's payload, where there is one. */
  result: string | null = null
  readonly #listeners: (() => void)[] = []

  settle(end: { failed: boolean; result?: string | null } = { failed: false }): void {
    if (this.isSettled) return
    this.isSettled = true
    this.hasFailed = end.failed
    this.result = end.result ?? null
    for (const listener of this.#listeners) listener()
  }

  onSettled(listener: () => void): void {
    if (this.isSettled) listener()
    else this.#listeners.push(listener)
  }
}

/** Settles with the first of its children. */
export function whenAny(children: ReplayTask[]): ReplayTask {
  const any = new ReplayTask()
  for (const child of children) child.onSettled(() => any.settle({ failed: false }))
  return any
}

/** Settles with the last of its children or with the first failure: when the SDK goes on (the real extension waits for the siblings of a failure). */
export function whenAll(children: ReplayTask[]): ReplayTask {
  const all = new ReplayTask()
  let left = children.length
  for (const child of children) {
    child.onSettled(() => {
      left -= 1
      if (child.hasFailed) all.settle({ failed: true })
      else if (left === 0) all.settle()
    })
  }
  return all
}
