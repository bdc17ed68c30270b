/**
 * Faults of an app or of its configuration; each message names the file or function and says what to mend. Of a function
 * that is being indexed it means that the app runs without it.
 */
export class HostError extends Error {
  override readonly name: string = 'HostError'
}

/** A fault that an app cannot run with, though it is found where one function is indexed: it stops the real host too. */
export class AppError extends HostError {
  override readonly name = 'AppError'
}

/** Something the real host can do and this one does not. Thrown at start, never passed over. */
export class NotImplementedError extends HostError {
  constructor(what: string) {
    super(`${what} is not built into this Functions host. See FIDELITY.md for what is.`)
  }
}
