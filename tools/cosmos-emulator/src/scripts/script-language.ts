import type { ScriptFailure } from './messages.ts'

/** The language as scripts find it. */
export interface ScriptLanguage {
  /** An error with a status code, as calls of the container fail. */
  errorOf: (number: number, message: string) => Error
  describeThrown: (thrown: unknown) => ScriptFailure
  /** Lets the script's clock stand at this time and go on from there, ms since 1970. */
  setClock: (nowMs: number) => void
}

/**
 * Makes the language of a script's context safe, and like the service's. This function's text is evaluated in that
 * context, so it must use nothing from outside of itself. What it needs later it takes at once, since scripts may change anything.
 */
export function installLanguage(): ScriptLanguage {
  const { stringify } = JSON
  const { defineProperty, setPrototypeOf } = Object
  const { construct } = Reflect
  const toText = String
  const NativeError = Error
  const root = globalThis as unknown as Record<string, unknown>

  // Memory beside the heap has no limit: what could take it is not there.
  const memoryKinds = ['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'WebAssembly', 'Atomics', 'Intl']
  for (const name of Object.getOwnPropertyNames(root))
    if (name.endsWith('Array') && name !== 'Array') memoryKinds.push(name)
  for (const name of memoryKinds) delete root[name]

  /** `new Error(number, message)`, as the service's scripts write it; `number` becomes the sub-status of the answer. */
  const ScriptError = function (this: unknown, ...args: unknown[]): Error {
    const [first, second] = args
    const isNumbered = typeof first === 'number' && args.length > 1
    const rest = isNumbered ? args.slice(1) : args
    const error = construct(NativeError, rest, new.target ?? ScriptError) as Error & Record<string, unknown>
    if (isNumbered) {
      error.number = first
      error.description = second
    }
    return error
  } as unknown as ErrorConstructor
  setPrototypeOf(ScriptError, NativeError)
  defineProperty(ScriptError, 'name', { value: 'Error' })
  defineProperty(ScriptError, 'prototype', { value: NativeError.prototype, writable: false })
  defineProperty(NativeError.prototype, 'constructor', { value: ScriptError })
  for (const target of [NativeError, ScriptError])
    defineProperty(target, 'prepareStackTrace', { value: undefined, writable: false, configurable: false })
  defineProperty(root, 'Error', { value: ScriptError, writable: false, configurable: false })

  // The account's clock, not the machine's, is the time of a script.
  const NativeDate = Date
  const machineNow = Date.now
  let clockOffsetMs = 0
  const scriptNow = (): number => machineNow() + clockOffsetMs
  const ScriptDate = function (...args: unknown[]): unknown {
    const given = args.length === 0 ? [scriptNow()] : args
    return new.target ? construct(NativeDate, given, new.target) : toText(new NativeDate(scriptNow()))
  }
  setPrototypeOf(ScriptDate, NativeDate)
  defineProperty(ScriptDate, 'name', { value: 'Date' })
  defineProperty(ScriptDate, 'prototype', { value: NativeDate.prototype, writable: false })
  defineProperty(ScriptDate, 'now', { value: scriptNow })
  defineProperty(NativeDate.prototype, 'constructor', { value: ScriptDate })
  root.Date = ScriptDate

  function setClock(nowMs: number): void {
    clockOffsetMs = nowMs - machineNow()
  }

  function errorOf(number: number, message: string): Error {
    const error = new ScriptError(message) as Error & Record<string, unknown>
    error.number = number
    error.code = number
    error.description = message
    error.body = message
    return error
  }

  function describeThrown(thrown: unknown): ScriptFailure {
    try {
      const isObject = typeof thrown === 'object' && thrown !== null
      const { number, stack } = (isObject ? thrown : {}) as { number?: unknown; stack?: unknown }
      const text = isObject && !(thrown instanceof NativeError) ? stringify(thrown) : toText(thrown)
      return {
        phase: 'executing',
        text: typeof stack === 'string' ? `${text}\r\nStack trace: ${stack}` : text,
        ...(typeof number === 'number' && number >= 0 && number < 1e9 && number % 1 === 0 ? { number } : {}),
      }
    } catch {
      return { phase: 'executing', text: 'Error: what was thrown cannot be told.' }
    }
  }

  return { errorOf, describeThrown, setClock }
}
