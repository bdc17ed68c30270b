import type { AppConfig } from '../config/app-config.ts'
import type { Log } from '../logging/log.ts'
import type { TypedData } from '../worker/protocol.ts'
import type { BindingData } from './binding-expression.ts'
import type { BindingProperties } from './binding-properties.ts'

/** Reads an input for one invocation; undefined when there is nothing of that name. */
export type ReadInput = (data: BindingData) => Promise<TypedData | undefined>

/** Writes what an invocation gave to an output; answers the queue that has something new, if one has. */
export type WriteOutput = (value: TypedData, data: BindingData) => Promise<string | undefined>

/** A kind of input binding. */
export interface InputBinding {
  /** Binding type, lower case. */
  readonly type: string
  /** Properties that had another name in bindings of older extensions, which are taken too. Name today -> name then. */
  readonly formerNames?: Readonly<Record<string, string>>
  /** Reads the properties of one binding, at start. Connects to nothing yet. @throws HostError naming what is missing */
  prepare(properties: BindingProperties, config: AppConfig, log: Log): ReadInput
}

/** A kind of output binding. */
export interface OutputBinding {
  /** Binding type, lower case. */
  readonly type: string
  /** Properties that had another name in bindings of older extensions, which are taken too. Name today -> name then. */
  readonly formerNames?: Readonly<Record<string, string>>
  /** Reads the properties of one binding, at start. Connects to nothing yet. @throws HostError naming what is missing */
  prepare(properties: BindingProperties, config: AppConfig): WriteOutput
}
