import { format } from 'node:util'

import type { InvocationModel } from './core-module.ts'
import type { Invocation } from './protocol.ts'

/** What the host needs of the library's `InvocationContext`. */
export interface LibraryContext {
  readonly options: {
    readonly trigger: object
    readonly return?: object
  }
}

/** What the library's `InvocationContext` is made of. */
interface ContextInit {
  readonly invocationId: string
  readonly functionName: string
  readonly traceContext: Invocation['traceContext']
  readonly options: {
    readonly trigger: object
    readonly return: object | undefined
    readonly extraInputs: readonly object[]
    readonly extraOutputs: readonly object[]
  }
  readonly logHandler: (level: string, ...args: unknown[]) => void
}

/** The library's `InvocationContext` class. */
export type LibraryContextClass = new (init: ContextInit) => LibraryContext

/** Methods of a context that log, by the level that they log with. */
const logMethods: Readonly<Record<string, string>> = {
  trace: 'trace',
  debug: 'debug',
  information: 'info',
  warning: 'warn',
  error: 'error',
}

/** Makes contexts of one function, of the library's own class, without all that the library does to find out what goes into them. */
export class PlainContexts {
  readonly #Context: LibraryContextClass
  readonly #functionName: string
  readonly #options: LibraryContext['options']

  /** `sample`: a context of the function that the library has made. */
  constructor(functionName: string, sample: LibraryContext) {
    this.#Context = sample.constructor as LibraryContextClass
    this.#functionName = functionName
    this.#options = sample.options
  }

  /** The context of one invocation. `log` gets what function code says while it runs; `logLate` what it says afterwards. */
  make(
    { invocationId, traceContext }: Invocation,
    log: {
      readonly isLate: () => boolean
      readonly log: (level: string, message: string) => void
      readonly logLate: (level: string, args: unknown[]) => void
    },
  ): LibraryContext {
    const { trigger, return: returned } = this.#options
    return new this.#Context({
      invocationId,
      functionName: this.#functionName,
      traceContext,
      options: {
        trigger: { ...trigger },
        return: returned && { ...returned },
        extraInputs: [],
        extraOutputs: [],
      },
      logHandler: (level, ...args) =>
        log.isLate() ? log.logLate(level, args) : log.log(level, format(...args)),
    })
  }
}

/** Has the library log what function code says after its end: it adds a warning. */
export async function logLate(model: InvocationModel, level: string, args: unknown[]): Promise<void> {
  const { context } = await model.getArguments()
  await model.invokeFunction(context, [], () => undefined)
  const methods = context as Record<string, (...args: unknown[]) => void>
  methods[logMethods[level] ?? 'info']?.(...args)
}
