/** Faults of an app or of its configuration; each message names the file or function and says what to mend. */
export class HostError extends Error {
  override readonly name = 'HostError'
}

/** Something the real host can do and this one does not. Thrown at start, never passed over. */
export class NotImplementedError extends HostError {
  constructor(what: string) {
    super(`${what} is not built into this Functions host. See FIDELITY.md for what is.`)
  }
}
