import { format } from 'node:util'

import type { Call } from './call.ts'
import type { PlainContexts } from './plain-context.ts'
import { logLate } from './plain-context.ts'
import type { Invocation } from './protocol.ts'

/** Runs a function without the library's model of the invocation, which is made for what is said after its end alone. Throws what it throws. */
export async function runPlain(
  call: Call,
  {
    input,
    invocation,
    contexts,
  }: { readonly input: unknown; readonly invocation: Invocation; readonly contexts: PlainContexts },
): Promise<{ context: unknown; result: unknown }> {
  let isDone = false
  const context = contexts.make(invocation, (level, args) => {
    if (isDone) void logLate(call.newModel(), level, args)
    else call.log({ level, category: 'user', message: format(...args) }, call.logContext)
  })
  call.logContext = { hookData: {}, invocationContext: context }
  try {
    const { callback } = call.registered
    return { context, result: await callback(input, context) }
  } finally {
    isDone = true
  }
}
