/** Looks until there is an answer; faults on the way are looked past, and told when the time is over. */
export async function until<T>(withinMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + withinMs
  let last: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      last = error
    }
    if (Date.now() > endMs) throw new Error(`It did not come to pass within ${withinMs} ms`, { cause: last })
    await new Promise((done) => setTimeout(done, 100))
  }
}
