/** How large the parts of a package may be, bytes before compression. */
export interface Budget {
  /** JavaScript of the bundle, source maps aside: what a cold start has to read. */
  readonly javascriptBytes: number
  /** Native packages: binaries and the JavaScript that loads them. */
  readonly nativeBytes: number
}

/** Of an app that has no line of its own. */
const usual: Budget = { javascriptBytes: 3_000_000, nativeBytes: 0 }
const sharpBytes = 20_000_000
const ffmpegBytes = 180_000_000

const budgets: Readonly<Record<string, Budget>> = {
  images: { ...usual, nativeBytes: sharpBytes },
  video: { ...usual, nativeBytes: ffmpegBytes },
  // The library of Durable Functions brings 0.6 MB.
  workflows: { ...usual, javascriptBytes: 3_400_000 },
  console: { javascriptBytes: 1_200_000, nativeBytes: 0 },
}

/** The budget of an app, by its name. */
export function budgetOf(app: string): Budget {
  return budgets[app] ?? usual
}
