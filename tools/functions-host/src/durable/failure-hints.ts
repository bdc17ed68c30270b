const hints: readonly (readonly [RegExp, string])[] = [
  // What the SDK says of an orchestrator that is async, or a plain function.
  [
    /this\.generator\.next is not a function/,
    'It is no generator function: write function* and yield its tasks, without async.',
  ],
  [
    /Timeout value of \S+ was exceeded by function/,
    'An orchestrator ran into functionTimeout: it blocks, as a loop without an end does, or works itself; leave work to activities, and yield.',
  ],
]

/** What helps against failures whose texts do not say it, for the log: what instances end with is compared with Azure's. */
export function failureHint(text: string): string | undefined {
  return hints.find(([pattern]) => pattern.test(text))?.[1]
}
