import assert from 'node:assert/strict'

/** Looks until something is there; fails after the deadline. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly what: string; readonly deadlineMs?: number },
): Promise<T> {
  const deadline = Date.now() + (options.deadlineMs ?? 20_000)
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    assert(Date.now() < deadline, `Waited in vain for ${options.what}.`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
