import { randomUUID } from 'node:crypto'

import type { InvocationModel, ProgrammingModel, RegisteredFunction } from './core-module.ts'
import type { Invocation, TypedData } from './protocol.ts'

/** The library that the short ways of functions are for. */
export const libraryName = '@azure/functions'

/** What the library makes for a function: instances of its classes, wherever it was loaded from (it may be part of the app's bundle). */
export function sampleArguments(
  model: ProgrammingModel,
  { raw, metadata }: RegisteredFunction,
  data: TypedData,
): ReturnType<InvocationModel['getArguments']> {
  const trigger = metadata.bindings.find(({ name }) => name !== '$return')
  const invocationId = randomUUID()
  const request: Invocation = {
    invocationId,
    functionId: metadata.id,
    inputData: [{ name: trigger?.name ?? '', data }],
    triggerMetadata: {},
  }
  return model
    .getInvocationModel({ invocationId, request, metadata: raw, state: undefined, log: () => {} })
    .getArguments()
}
