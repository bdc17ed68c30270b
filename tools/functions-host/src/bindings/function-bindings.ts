import type { AppConfig } from '../config/app-config.ts'
import { HostError, NotImplementedError } from '../errors.ts'
import type { Log } from '../logging/log.ts'
import type { Clock } from '../time/clock.ts'
import { systemClock } from '../time/clock.ts'
import type { Binding, FunctionMetadata, Invocation, InvocationOutcome } from '../worker/protocol.ts'
import type { SystemOptions, TriggerValues } from './binding-data.ts'
import { toBindingData } from './binding-data.ts'
import type { BindingData } from './binding-expression.ts'
import type { InputBinding, OutputBinding, ReadInput, WriteOutput } from './binding-kind.ts'
import { inputBindings, outputBindings } from './binding-kinds.ts'
import { BindingProperties } from './binding-properties.ts'

interface Input {
  readonly name: string
  readonly title: string
  readonly read: ReadInput
}

interface Output {
  readonly name: string
  readonly title: string
  readonly write: WriteOutput
}

/** What reads the bindings of a function. */
export interface FunctionBindingsOptions {
  readonly config: AppConfig
  readonly log: Log
  /** The time that expressions name; by default the machine's. */
  readonly clock?: Clock
  /** What its trigger gives to expressions, where that is known at start. */
  readonly knownNames?: readonly string[] | undefined
}

/** The input and output bindings of one function, beside its trigger and its durable client. */
export class FunctionBindings {
  readonly #system: SystemOptions
  readonly #inputs: readonly Input[]
  readonly #outputs: readonly Output[]

  /**
   * Reads what the function's bindings say; connects to nothing yet.
   * @throws HostError naming the binding and what to mend; NotImplementedError for a kind that is not built
   */
  constructor(
    metadata: FunctionMetadata,
    { config, log, clock = systemClock, knownNames }: FunctionBindingsOptions,
  ) {
    this.#system = { functionName: metadata.name, clock }
    const propertiesOf = (
      binding: Binding,
      { formerNames }: InputBinding | OutputBinding,
    ): BindingProperties =>
      new BindingProperties(binding, { settings: config.settings, knownNames, formerNames })
    this.#inputs = metadata.bindings.filter(isInput).map((binding) => {
      const kind = inputBindings.find(({ type }) => type === binding.type.toLowerCase())
      if (!kind) throw new NotImplementedError(`The input binding "${binding.type}"`)
      const properties = propertiesOf(binding, kind)
      return { name: binding.name, title: properties.title, read: kind.prepare(properties, config, log) }
    })
    this.#outputs = metadata.bindings.filter(isOutput).map((binding) => {
      const kind = outputBindings.find(({ type }) => type === binding.type.toLowerCase())
      if (!kind) throw new NotImplementedError(`The output binding "${binding.type}"`)
      const properties = propertiesOf(binding, kind)
      return { name: binding.name, title: properties.title, write: kind.prepare(properties, config) }
    })
  }

  /** Whether there is anything to read. */
  get hasInputs(): boolean {
    return this.#inputs.length > 0
  }

  /** Whether there is anything to write. */
  get hasOutputs(): boolean {
    return this.#outputs.length > 0
  }

  /** Reads all inputs, at once. @throws HostError naming the one that failed */
  async read(values: TriggerValues): Promise<Invocation['inputData']> {
    const data = this.#toData(values)
    return Promise.all(
      this.#inputs.map(async ({ name, title, read }) => ({
        name,
        data: (await reported(`The ${title} could not be read`, () => read(data))) ?? {},
      })),
    )
  }

  /**
   * Writes all that the function gave, at once as Azure does: nobody may count on an order.
   * Answers the queues that have something new. @throws HostError naming the one that failed, when all have ended
   */
  async write(outcome: Extract<InvocationOutcome, { ok: true }>, values: TriggerValues): Promise<string[]> {
    const data = this.#toData(values)
    const given = new Map(outcome.outputData.map((output) => [output.name, output.data]))
    if (outcome.returnValue) given.set('$return', outcome.returnValue)
    const results = await Promise.allSettled(
      this.#outputs.map(async ({ name, title, write }) => {
        const value = given.get(name)
        return value && (await reported(`The ${title} could not be written`, () => write(value, data)))
      }),
    )
    return results.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value ?? []
    })
  }

  #toData(values: TriggerValues): BindingData {
    return toBindingData(values, this.#system)
  }
}

function isInput({ direction, type }: Binding): boolean {
  return direction !== 'out' && !/trigger$/i.test(type) && type.toLowerCase() !== 'durableclient'
}

function isOutput({ direction, type }: Binding): boolean {
  return direction === 'out' && type.toLowerCase() !== 'http'
}

async function reported<Result>(what: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw new HostError(`${what}: ${(error as Error).message}`, { cause: error })
  }
}
