import { Command } from 'commander'

import { DurableClient, refusalOf } from './durable-client.ts'
import { addDurableFlags, type DurableFlags, parseCount } from './durable-flags.ts'
import { agoText, shorten, tableLines } from './durable-text.ts'

interface EntitiesFlags extends DurableFlags {
  readonly limit: number
}

interface ListedEntity {
  readonly entityId: { readonly name: string; readonly key: string }
  readonly lastOperationTime: string
  readonly state: unknown
}

const pageSize = 100
/** Longest state shown where nothing else limits it, characters. */
const maxState = 300

/** `durable entities`: the entities that have a state. */
export function durableEntities(): Command {
  const command = new Command('entities')
    .description('list entities and their states')
    .argument('[name]', 'only entities of this function')
  return addDurableFlags(command)
    .option('-l, --limit <count>', 'at most so many', parseCount, 50)
    .action(async (name: string | undefined, flags: EntitiesFlags) => {
      const { entities, isMore } = await findEntities(new DurableClient(flags), name, flags.limit)
      if (flags.json) return console.log(JSON.stringify(entities, undefined, 2))
      if (entities.length === 0) return console.log('There is no such entity.')
      const columns = [
        { title: 'NAME' },
        { title: 'KEY', isCut: true },
        { title: 'LAST USED' },
        { title: 'STATE', isCut: true },
      ]
      const nowMs = Date.now()
      const rows = entities.map(({ entityId, lastOperationTime, state }) => [
        entityId.name,
        entityId.key,
        agoText(Date.parse(lastOperationTime), nowMs),
        shorten(JSON.stringify(state), maxState),
      ])
      for (const line of tableLines(columns, rows)) console.log(line)
      if (isMore) console.error(`There are more: --limit ${flags.limit * 10} shows them.`)
    })
}

async function findEntities(
  client: DurableClient,
  name: string | undefined,
  limit: number,
): Promise<{ entities: ListedEntity[]; isMore: boolean }> {
  const entities: ListedEntity[] = []
  const path = name === undefined ? 'entities' : `entities/${encodeURIComponent(name)}`
  let token = ''
  for (;;) {
    const top = Math.min(pageSize, limit + 1 - entities.length)
    const headers = token === '' ? {} : { 'x-ms-continuation-token': token }
    const answer = await client.ask(`${path}?fetchState=true&top=${top}`, { headers })
    if (!answer.ok) throw await refusalOf(answer)
    entities.push(...((await answer.json()) as ListedEntity[]))
    token = answer.headers.get('x-ms-continuation-token') ?? ''
    if (token === '' || entities.length > limit)
      return { entities: entities.slice(0, limit), isMore: entities.length > limit }
  }
}
