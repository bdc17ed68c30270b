import { describe, expect, it } from '@jest/globals'

import { listedKinds, loadTriggerKinds } from './trigger-kinds.ts'

describe('kinds of triggers', () => {
  it.each(listedKinds)('are listed by what they are for: $bindingTypes.0', async ({ bindingTypes, load }) => {
    const { types, clientTypes = [] } = await load()
    expect(bindingTypes).toEqual([...types, ...clientTypes])
  })

  it('are those that functions use, in any case, in the order in which they start', async () => {
    const kinds = await loadTriggerKinds(
      ['timerTrigger', 'HTTPTRIGGER', 'unknownTrigger', 'durableClient'].map((type) => ({
        name: type,
        id: type,
        bindings: [{ type, name: 'a' }],
      })),
    )
    expect(kinds.map(({ types }) => types[0])).toEqual([
      'orchestrationtrigger',
      'httptrigger',
      'timertrigger',
    ])
  })
})
