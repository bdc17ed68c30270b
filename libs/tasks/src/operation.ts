import type { TaskOutput } from '@zoetrope/contracts'
import { err } from '@zoetrope/contracts'
import { z } from 'zod'

import type { ChildResult } from './child-protocol.ts'

/** One metered quantity, before it is known whether it is billed. */
export interface Metered {
  readonly meter: string
  readonly quantity: number
  readonly unit: string
}

/** What usage is counted from: what was asked for, and what was put out. Never wall time. */
export interface OperationOutcome<P> {
  readonly parameters: P
  readonly outputs: readonly TaskOutput[]
  readonly media: ChildResult['media']
  readonly facts: ChildResult['facts']
}

/** An operation that an app's workers know. Its work runs in a child process, under the same name. */
export interface Operation {
  readonly name: string
  /** Part of the content key: raised whenever the output changes. */
  readonly version: string
  /** Parameters as they are hashed and run: defaults filled in, unknown fields dropped. @throws PARAMETERS_INVALID */
  normalise(parameters: unknown): Record<string, unknown>
  /** Deterministic integer meters of one execution. */
  usage(outcome: OperationOutcome<Record<string, unknown>>): readonly Metered[]
}

/** Defines an operation by its name, its version, the schema of its parameters, and what it is charged by. */
export function defineOperation<S extends z.ZodObject>(definition: {
  readonly name: string
  readonly version: string
  readonly parameters: S
  readonly usage: (outcome: OperationOutcome<z.output<S>>) => readonly Metered[]
}): Operation {
  return {
    name: definition.name,
    version: definition.version,
    normalise(parameters) {
      const parsed = definition.parameters.safeParse(parameters)
      if (parsed.success) return parsed.data
      throw err('PARAMETERS_INVALID', { detail: z.prettifyError(parsed.error), cause: parsed.error })
    },
    // The runner hands in what `normalise` gave.
    usage: (outcome) => definition.usage(outcome as OperationOutcome<z.output<S>>),
  }
}
