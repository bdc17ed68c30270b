import { Command } from 'commander'

import { HostError } from '../errors.ts'
import { DurableClient } from './durable-client.ts'
import { addDurableFlags, type DurableFlags } from './durable-flags.ts'
import { addFilterFlags, findInstances, type FilterFlags } from './durable-list.ts'
import { UsageError } from './usage-error.ts'

interface PurgeFlags extends DurableFlags, FilterFlags {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

const endedStates: readonly string[] = ['Completed', 'Failed', 'Terminated']
/** Most that one command purges. */
const mostPurged = 1_000_000
/** Requests at a time. */
const atOnce = 16

/** `durable purge`: forgets instances that have ended. */
export function durablePurge(): Command {
  const command = new Command('purge')
    .description(
      'forget instances that have ended: by id, or all that the filters choose; never one that runs',
    )
    .argument('[ids...]', 'ids of the instances')
  return addDurableFlags(addFilterFlags(command))
    .option('-y, --yes', 'do so, where filters choose more than one')
    .option('--dry-run', 'tell which ones, and forget none')
    .action(purge)
}

/** Forgets instances that have ended. @throws UsageError without ids and filters, and without --yes for more than one */
export async function purge(ids: readonly string[], flags: PurgeFlags): Promise<void> {
  const client = new DurableClient(flags)
  const chosen = ids.length > 0 ? ids : await choose(client, flags)
  if (flags.dryRun) return report(flags, chosen, 'would be purged')
  if (ids.length === 0 && chosen.length > 1 && !flags.yes)
    throw new UsageError(
      `${chosen.length} instances would be purged. Give --yes to do so, or --dry-run to see which.`,
    )
  const purged: string[] = []
  for (let from = 0; from < chosen.length; from += atOnce)
    await Promise.all(
      chosen.slice(from, from + atOnce).map(async (id) => {
        const answer = await client.ask(`instances/${encodeURIComponent(id)}`, { method: 'DELETE' })
        if (answer.ok) purged.push(id)
        else if (ids.length > 0) throw await whyNot(client, id)
      }),
    )
  report(flags, purged, 'purged')
}

/** An instance that runs is not there for a purge: so says the host. */
async function whyNot(client: DurableClient, id: string): Promise<HostError> {
  const found = await client.look<{ instance: { status: string } }>(
    `instances/${encodeURIComponent(id)}?top=1`,
  )
  if (!found) return client.notFound(id)
  return new HostError(
    `Instance ${id} is ${found.instance.status}, and only what has ended can be purged. End it with functions-host durable terminate ${id}.`,
  )
}

async function choose(client: DurableClient, flags: PurgeFlags): Promise<string[]> {
  const { status, name, since, until, idPrefix } = flags
  const isAll = [status, name, since, until, idPrefix].every((filter) => filter === undefined)
  if (isAll && !flags.yes && !flags.dryRun)
    throw new UsageError(
      'Give ids, or filters such as --status failed; --yes alone purges all that has ended.',
    )
  const states = (status ?? endedStates).filter((state) => endedStates.includes(state))
  if (states.length === 0)
    throw new UsageError(
      `Only what has ended can be purged: --status ${endedStates.join(',').toLowerCase()}.`,
    )
  const { instances } = await findInstances(client, { ...flags, status: states }, mostPurged)
  return instances.map(({ instanceId }) => instanceId)
}

function report({ json, dryRun }: PurgeFlags, ids: readonly string[], done: string): void {
  if (json) return console.log(JSON.stringify({ [dryRun ? 'chosen' : 'purged']: ids }))
  if (dryRun) for (const id of ids) console.log(id)
  const count = ids.length === 1 ? '1 instance' : `${ids.length} instances`
  console.log(`${count} ${done}.`)
}
