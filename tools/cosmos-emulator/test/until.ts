const pauseMs = 10

/** Looks again and again until there is an answer. The time limit of the test is the limit. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (;;) {
    const answer = await look()
    if (answer !== undefined && answer !== false) return answer
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}
