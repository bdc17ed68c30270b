/** Asks until the answer is there. */
export async function until<Answer>(
  ask: () => Answer | undefined | false | Promise<Answer | undefined | false>,
  withinMs = 20_000,
): Promise<Answer> {
  const deadlineMs = Date.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (Date.now() > deadlineMs) throw new Error(`Not within ${withinMs} ms: ${ask.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
