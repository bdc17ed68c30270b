import * as fc from 'fast-check'
import { programs } from './arbitrary.ts'
import { HubUnderTest } from './hub-under-test.ts'
import { foretell } from './model.ts'
import { randomFrom } from '../../seeded-random.ts'

/** Random programs, several beside each other, whose work ends and whose events come in a random order: every episode is checked, and the ends are as foretold. */
export function ordersProperty(
  httpUrl: string,
  figures: Record<string, number>,
): fc.IAsyncPropertyWithHooks<unknown[]> {
  let last = 0
  const add = (name: string, count: number): void => void (figures[name] = (figures[name] ?? 0) + count)
  return fc.asyncProperty(
    fc.array(programs, { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 0 }),
    async (several, seed) => {
      const cases = several.map((program) => {
        const id = `p${++last}`
        return { id, program, foretold: foretell(program, id) }
      })
      await using hub = await HubUnderTest.open({
        databaseFile: ':memory:',
        httpUrl,
        random: randomFrom(seed),
        foretold: new Map(cases.map(({ id, foretold }) => [id, foretold])),
      })
      await Promise.all(cases.map(({ id, program }) => hub.start(program, id)))
      await Promise.all(cases.map(({ id, foretold }) => hub.compareEnd(id, foretold)))
      await hub.compareCounters(cases.map(({ foretold }) => foretold))
      hub.throwFaults()
      add('histories', await hub.compareHistories())
      add('programs', cases.length)
      add('orchestrations', hub.seen.size)
      add('episodes', hub.checks.episodes)
      add('comparedIds', hub.checks.comparedIds)
      add('activities', hub.works.length)
    },
  )
}
