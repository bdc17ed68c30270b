import type { InputBinding, OutputBinding } from './binding-kind.ts'
import { blobInput } from './blob-input.ts'
import { blobOutput } from './blob-output.ts'
import { cosmosInput } from './cosmos-input.ts'
import { cosmosOutput } from './cosmos-output.ts'
import { eventGridOutput } from './event-grid-output.ts'
import { queueOutput } from './queue-output.ts'
import { tableInput } from './table-input.ts'
import { tableOutput } from './table-output.ts'

/** Every kind of input binding that this host has. */
export const inputBindings: readonly InputBinding[] = [blobInput, cosmosInput, tableInput]

/** Every kind of output binding that this host has, beside the answer of an HTTP function. */
export const outputBindings: readonly OutputBinding[] = [
  blobOutput,
  cosmosOutput,
  eventGridOutput,
  queueOutput,
  tableOutput,
]
