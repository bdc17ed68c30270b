import { inspect } from 'node:util'
import { InvocationContext } from '@azure/functions'
import { describe, expect, it } from '@jest/globals'

import { PlainContexts } from './plain-context.ts'

const init = {
  invocationId: 'an id',
  functionName: 'hello',
  traceContext: { traceParent: '00-1-2-01' },
  options: {
    trigger: { type: 'httpTrigger', name: 'request' },
    return: { type: 'http', name: '$return' },
    extraInputs: [],
    extraOutputs: [],
  },
}

function contextsOf(log: (level: string, args: readonly unknown[]) => void): {
  plain: InvocationContext
  library: InvocationContext
} {
  const library = new InvocationContext({ ...init, logHandler: (level, ...args) => log(level, args) })
  const { invocationId, functionName, traceContext } = init
  const invocation = { invocationId, traceContext, functionId: 'hello', inputData: [], triggerMetadata: {} }
  const plain = new PlainContexts(functionName, library).make(invocation, log) as InvocationContext
  return { plain, library }
}

describe('a plain context', () => {
  it('is one of the library, and looks like one', () => {
    const { plain, library } = contextsOf(() => {})
    expect(plain).toBeInstanceOf(InvocationContext)
    expect(inspect(plain)).toBe(inspect(library))
    expect(JSON.stringify(plain)).toBe(JSON.stringify(library))
    expect(Object.keys(plain)).toEqual(Object.keys(library))
  })

  it.each(['log', 'trace', 'debug', 'info', 'warn', 'error'] as const)('logs like one: %s', (method) => {
    const said: unknown[] = []
    const { plain, library } = contextsOf((level, args) => said.push([level, args]))
    for (const context of [plain, library]) context[method]('%s', 1)
    expect(said[0]).toEqual(said[1])
    expect(said).toHaveLength(2)
  })

  it.each(['extraInputs', 'extraOutputs'] as const)('keeps what it is given for itself: %s', (kind) => {
    const [first, second] = [contextsOf(() => {}).plain, contextsOf(() => {}).plain]
    first[kind].set('a', 1)
    first[kind].set({ name: 'b', type: 'other' }, 2)
    expect([first[kind].get({ name: 'a', type: 'other' }), first[kind].get('b')]).toEqual([1, 2])
    expect([first[kind].get('c'), second[kind].get('a')]).toEqual([undefined, undefined])
  })
})
