import { Command, InvalidArgumentError } from 'commander'

import { RestClient } from '../client/rest-client.ts'
import { addEndpointFlags } from './connection.ts'
import type { ConnectionFlags } from './connection.ts'

interface SplitFlags extends ConnectionFlags {
  range?: string
  at?: unknown[]
}

const more = `
Examples:
  cosmos-emulator split shop orders
  cosmos-emulator split shop orders --range 2
  cosmos-emulator split shop orders --at '["tenant-7"]'

Clients that name the old range are answered 410 and ask for the ranges anew.`

/** `split`: splits a physical partition of a running emulator, to see what clients do. */
export function splitCommand(): Command {
  return addEndpointFlags(
    new Command('split').description('split a physical partition of a container in two'),
  )
    .argument('<database>')
    .argument('<container>')
    .option('--range <id>', 'this range; one that was split least often, where absent')
    .option(
      '--at <json>',
      'where the right half begins: a partition key or a prefix of one, an array',
      parseKey,
    )
    .addHelpText('after', more)
    .action(split)
}

async function split(
  database: string,
  container: string,
  { range, at, ...flags }: SplitFlags,
): Promise<void> {
  const path = ['dbs', database, 'colls', container, 'operations', 'splitpartition']
  const { body } = await new RestClient(flags).send('POST', path, { body: { rangeId: range, at } })
  const { PartitionKeyRanges: ranges } = body as { PartitionKeyRanges: { id: string; parents: string[] }[] }
  for (const { id, parents } of ranges)
    console.log(parents.length === 0 ? `range ${id}` : `range ${id}, of ${parents.at(-1)}`)
}

function parseKey(text: string): unknown[] {
  try {
    const key: unknown = JSON.parse(text)
    if (Array.isArray(key)) return key
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('It must be an array in JSON, such as \'["tenant-7"]\'.')
}
