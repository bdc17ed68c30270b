/** Tells who waits for an instance that it has ended. */
export class InstanceEnds {
  readonly #waiting = new Map<string, Set<() => void>>()

  /** Resolves at the end of an instance, or when the time is over. */
  async wait(instanceId: string, timeoutMs: number): Promise<void> {
    const waiting = this.#waiting.get(instanceId) ?? new Set()
    this.#waiting.set(instanceId, waiting)
    let timeout: NodeJS.Timeout | undefined
    let settle = (): void => {}
    await new Promise<void>((resolve) => {
      settle = resolve
      waiting.add(settle)
      timeout = setTimeout(settle, timeoutMs)
    })
    clearTimeout(timeout)
    waiting.delete(settle)
    if (waiting.size === 0) this.#waiting.delete(instanceId)
  }

  /** The end of an instance is on disk. */
  tell(instanceId: string): void {
    for (const settle of this.#waiting.get(instanceId) ?? []) settle()
  }
}
