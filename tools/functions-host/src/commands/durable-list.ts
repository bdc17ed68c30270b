import { Command } from 'commander'

import type { ListedInstance } from '../durable/find-instances.ts'
import type { InstancePage } from '../durable/inspect-hub.ts'
import { DurableClient } from './durable-client.ts'
import { addDurableFlags, type DurableFlags, parseCount, parseStates, parseTime } from './durable-flags.ts'
import { agoText, durationText, paintState, shorten, tableLines } from './durable-text.ts'

/** Which instances a command is about. */
export interface FilterFlags {
  readonly status?: readonly string[]
  readonly name?: string
  readonly since?: number
  readonly until?: number
  readonly idPrefix?: string
}

interface ListFlags extends DurableFlags, FilterFlags {
  readonly limit: number
}

/** Most that the host gives at once. */
const pageSize = 1000
/** Longest text shown of an output where nothing else limits it, characters. */
const maxDetail = 200

/** Adds the flags that choose instances. */
export function addFilterFlags(command: Command): Command {
  return command
    .option('-s, --status <states>', 'only in these states, parted by commas: failed,running', parseStates)
    .option('-n, --name <text>', 'only orchestrators with this in their name')
    .option('--since <time>', 'only those started since: 90s, 15m, 2h, 7d ago, or a time', parseTime)
    .option('--until <time>', 'only those started until', parseTime)
    .option('--id-prefix <text>', 'only ids that begin so')
}

/** `durable list`: instances, the newest first. */
export function durableList(): Command {
  const command = new Command('list').description('list orchestration instances, the newest first')
  return addDurableFlags(addFilterFlags(command))
    .option('-l, --limit <count>', 'at most so many', parseCount, 50)
    .action(async (flags: ListFlags) => {
      const { instances, nowMs, isMore } = await findInstances(new DurableClient(flags), flags, flags.limit)
      if (flags.json) return console.log(JSON.stringify(instances, undefined, 2))
      if (instances.length === 0) return console.log('There is no such instance.')
      for (const line of listLines(instances, nowMs)) console.log(line)
      if (isMore) console.error(`There are more: --limit ${flags.limit * 10} shows them.`)
    })
}

/** The instances that flags choose, page after page, up to a limit. */
export async function findInstances(
  client: DurableClient,
  filter: FilterFlags,
  limit: number,
): Promise<{ instances: ListedInstance[]; nowMs: number; isMore: boolean }> {
  const query = new URLSearchParams()
  if (filter.status) query.set('status', filter.status.join(','))
  if (filter.name) query.set('name', filter.name)
  if (filter.idPrefix) query.set('idPrefix', filter.idPrefix)
  if (filter.since !== undefined) query.set('createdFrom', new Date(filter.since).toISOString())
  if (filter.until !== undefined) query.set('createdTo', new Date(filter.until).toISOString())
  const instances: ListedInstance[] = []
  for (;;) {
    query.set('top', String(Math.min(pageSize, limit - instances.length)))
    const page = await client.look<InstancePage>(`instances?${query.toString()}`)
    const { nowMs = Date.now(), next } = page ?? {}
    instances.push(...(page?.instances ?? []))
    if (next === undefined || instances.length >= limit)
      return { instances, nowMs, isMore: next !== undefined }
    query.set('after', next)
  }
}

function listLines(instances: readonly ListedInstance[], nowMs: number): string[] {
  const ended = new Set(['Completed', 'Failed', 'Terminated'])
  const columns = [
    { title: 'ID', isCut: true },
    { title: 'NAME', isCut: true },
    { title: 'STATE', paint: paintState },
    { title: 'STARTED' },
    { title: 'TOOK' },
    { title: 'OUTPUT', isCut: true },
  ]
  const rows = instances.map((one) => [
    one.instanceId,
    one.name,
    one.status,
    agoText(one.createdMs, nowMs),
    ended.has(one.status) ? durationText(Math.max(0, one.updatedMs - one.createdMs)) : '',
    saysOf(one),
  ])
  return tableLines(columns, rows)
}

/** What came of it. What follows the first line of a failure is the exception as .NET writes it. */
function saysOf({ output, customStatus }: ListedInstance): string {
  const [line = ''] = (output ?? customStatus ?? '').split('\n')
  return shorten(line.replace(/^Orchestrator function '[^']*' failed: +/, ''), maxDetail)
}
