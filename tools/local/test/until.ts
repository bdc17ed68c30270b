const patienceMs = 20_000

/** Looks until something is there; what fails on the way is looked past. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const endMs = Date.now() + patienceMs
  let fault: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined && found !== false) return found
    } catch (error) {
      fault = error
    }
    if (Date.now() > endMs) throw new Error(`Not within ${patienceMs} ms: ${String(look)}`, { cause: fault })
    await new Promise((done) => setTimeout(done, 20))
  }
}
