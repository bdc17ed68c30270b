import assert from 'node:assert/strict'

import type { Random } from '../random.ts'
import type { Send } from './child-emulator.ts'
import { Ledger, database, expectStatus, keyOf, makeContainer, queryAll } from './lane.ts'
import type { Lane } from './lane.ts'

/** Makes two documents, then fails where told to: none of both may then be stored. */
const makePair = `function makePair(name, fails) {
  const collection = getContext().getCollection()
  const create = (id, next) =>
    collection.createDocument(collection.getSelfLink(), { id, pair: name, tenantId: 'scripts' }, (error) => {
      if (error) throw error
      next()
    })
  create(name + '-a', () => create(name + '-b', () => {
    if (fails) throw new Error('told to fail')
    getContext().getResponse().setBody(name)
  }))
}`
const livesOneIn = 8

/** Stored procedures, which write all or nothing. Each emulator starts a process for the first script, so that few lives have any. */
export function scriptLane(container: string, random: Random): Lane {
  const ledger = new Ledger<number>()
  const path = `${database}/colls/${container}`
  const headers = keyOf('scripts')
  let made = 0
  let runsScripts = true
  const runPair = async (send: Send): Promise<void> => {
    made += 1
    const fails = random.below(3) === 0
    const name = `pair-${made}`
    await ledger.write(name, fails ? undefined : 2, async () => {
      const body = JSON.stringify([name, fails])
      expectStatus(await send('POST', `${path}/sprocs/makePair`, { headers, body }), fails ? 400 : 200)
    })
  }
  return {
    name: 'scripts',
    prepare: async (send) => {
      await makeContainer(send, container)
      const body = JSON.stringify({ id: 'makePair', body: makePair })
      expectStatus(await send('POST', `${path}/sprocs`, { body }), 201)
    },
    step: async (send) => {
      if (runsScripts) await runPair(send)
      else expectStatus(await send('GET', `${path}/sprocs/makePair`), 200)
    },
    verify: async (send) => {
      const pairs = new Map<string, number>()
      for (const pair of await queryAll<string>(send, container, 'SELECT VALUE c.pair FROM c', 'scripts'))
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
      for (const [pair, count] of pairs) assert.equal(count, 2, `Half of ${pair} is stored.`)
      ledger.verify(pairs, 'The pair of a script')
      runsScripts = random.below(livesOneIn) === 0
    },
  }
}
