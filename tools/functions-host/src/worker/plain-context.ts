import type { InvocationModel } from './core-module.ts'
import type { Invocation } from './protocol.ts'

/** What the host needs of the library's `InvocationContext`. */
export interface LibraryContext {
  readonly options: {
    readonly trigger: object
    readonly return?: object
  }
  readonly extraInputs: object
  readonly extraOutputs: object
}

/** Takes what function code says by its context; `level` is that of the library. */
export type UserLog = (level: string, args: readonly unknown[]) => void

/** Methods of a context that log, by the level that they log with. */
const logMethods: Readonly<Record<string, string>> = {
  trace: 'trace',
  debug: 'debug',
  information: 'info',
  warning: 'warn',
  error: 'error',
}

/** A binding, or its name. */
type BindingOrName = string | { readonly name: string }

/** Makes what function code gets of the metadata of its trigger. */
type ReadMetadata = (metadata: Invocation['triggerMetadata']) => object | undefined

/**
 * Makes contexts of one function, of classes that the library's are behind: what an instance of them holds is kept in weak maps,
 * which costs more than all else that a small function does.
 */
export class PlainContexts {
  readonly #Context: ReturnType<typeof contextClass>
  readonly #functionName: string
  readonly #readMetadata: ReadMetadata

  /** `sample`: a context of the function that the library has made. `readMetadata`: makes what its code gets of the trigger's metadata. */
  constructor(functionName: string, sample: LibraryContext, readMetadata: ReadMetadata = () => undefined) {
    this.#Context = contextClass(sample)
    this.#functionName = functionName
    this.#readMetadata = readMetadata
  }

  /** The context of one invocation, which has no inputs and outputs but what triggers it and what it returns. */
  make(invocation: Invocation, log: UserLog): object {
    const metadata = this.#readMetadata(invocation.triggerMetadata)
    return new this.#Context(this.#functionName, { invocation, metadata }, log)
  }
}

function contextClass(
  sample: LibraryContext,
): new (
  functionName: string,
  about: { invocation: Invocation; metadata: object | undefined },
  log: UserLog,
) => object {
  const { trigger, return: returned } = sample.options
  const ExtraInputs = extrasClass(sample.extraInputs)
  const ExtraOutputs = extrasClass(sample.extraOutputs)

  class PlainContext {
    readonly invocationId: string
    readonly functionName: string
    readonly extraInputs = new ExtraInputs()
    readonly extraOutputs = new ExtraOutputs()
    readonly retryContext = undefined
    readonly traceContext: Invocation['traceContext']
    readonly triggerMetadata: object | undefined
    readonly options: object
    readonly #log: UserLog

    constructor(
      functionName: string,
      { invocation, metadata }: { invocation: Invocation; metadata: object | undefined },
      log: UserLog,
    ) {
      this.invocationId = invocation.invocationId
      this.functionName = functionName
      this.traceContext = invocation.traceContext
      this.triggerMetadata = metadata
      this.options = {
        trigger: { ...trigger },
        return: returned && { ...returned },
        extraInputs: [],
        extraOutputs: [],
      }
      this.#log = log
    }

    log(...args: unknown[]): void {
      this.#log('information', args)
    }

    trace(...args: unknown[]): void {
      this.#log('trace', args)
    }

    debug(...args: unknown[]): void {
      this.#log('debug', args)
    }

    info(...args: unknown[]): void {
      this.#log('information', args)
    }

    warn(...args: unknown[]): void {
      this.#log('warning', args)
    }

    error(...args: unknown[]): void {
      this.#log('error', args)
    }
  }
  return standFor(PlainContext, sample)
}

/** Values of bindings that a function names itself. */
function extrasClass(sample: object): new () => object {
  class Extras {
    #values: Record<string, unknown> | undefined

    get(binding: BindingOrName): unknown {
      return this.#values?.[nameOf(binding)]
    }

    set(binding: BindingOrName, value: unknown): void {
      this.#values ??= {}
      this.#values[nameOf(binding)] = value
    }
  }
  return standFor(Extras, sample)
}

function nameOf(binding: BindingOrName): string {
  return typeof binding === 'string' ? binding : binding.name
}

/** Makes instances of a class instances of the library's too, as which they are also printed. */
function standFor<Class extends abstract new (...args: never[]) => object>(
  Own: Class,
  sample: object,
): Class {
  Object.setPrototypeOf(Own.prototype, Object.getPrototypeOf(sample) as object)
  Object.defineProperty(Own.prototype, 'constructor', {
    value: sample.constructor,
    configurable: true,
    writable: true,
  })
  return Own
}

/** Has the library log what function code says after its end: it adds a warning. */
export async function logLate(
  model: InvocationModel,
  level: string,
  args: readonly unknown[],
): Promise<void> {
  const { context } = await model.getArguments()
  await model.invokeFunction(context, [], () => undefined)
  const methods = context as Record<string, (...args: unknown[]) => void>
  methods[logMethods[level] ?? 'info']?.(...args)
}
