import { describe, expect, it } from '@jest/globals'

import { makeCoreModule } from './core-module.ts'
import type { CoreState, InvocationModel } from './core-module.ts'
import { FastHttp } from './fast-http.ts'

class HttpRequest {}

/** An app with one HTTP function, of a library that makes arguments like this. */
function appOf(getInvocationModel: () => InvocationModel): CoreState {
  const { state } = makeCoreModule(() => {})
  const bindings = [
    { name: 'httpTrigger1', type: 'httpTrigger', direction: 'in' },
    { name: '$return', type: 'http', direction: 'out' },
  ]
  const metadata = { name: 'hello', id: 'hello', bindings }
  state.functions.set('hello', { metadata, raw: {}, callback: () => {} })
  state.model = { name: '@azure/functions', getInvocationModel }
  return state
}

const modelOf = (getArguments: InvocationModel['getArguments']): InvocationModel => ({
  getArguments,
  invokeFunction: () => Promise.resolve(),
  getResponse: () => Promise.resolve({}),
})

describe('the short way of HTTP functions', () => {
  it('is there for a library whose classes can be had', async () => {
    const app = appOf(() =>
      modelOf(() =>
        Promise.resolve({
          context: { options: { trigger: {} }, extraInputs: {}, extraOutputs: {} },
          inputs: [new HttpRequest()],
        }),
      ),
    )

    expect(await FastHttp.of(app)).toBeDefined()
  })

  it.each<[string, () => InvocationModel]>([
    [
      'makes no request of what is only there in newer ones',
      () => modelOf(() => Promise.reject(new Error('Expected value to be neither null nor undefined: url'))),
    ],
    [
      'throws at once',
      () => {
        throw new Error('unknown context')
      },
    ],
    [
      'makes contexts of another kind',
      () => modelOf(() => Promise.resolve({ context: {}, inputs: [new HttpRequest()] })),
    ],
    ['makes other requests', () => modelOf(() => Promise.resolve({ context: {}, inputs: [{}] }))],
  ])('is not there for a library that %s', async (_case, getInvocationModel) => {
    expect(await FastHttp.of(appOf(getInvocationModel))).toBeUndefined()
  })
})
