import { Command } from 'commander'

import { RestClient } from '../client/rest-client.ts'
import type { AccountStatus } from '../http/control.ts'
import { addEndpointFlags } from './connection.ts'
import type { ConnectionFlags } from './connection.ts'
import { describeCount } from './describe-counts.ts'

/** `status`: what a running emulator holds. */
export function statusCommand(): Command {
  return addEndpointFlags(new Command('status').description('tell what a running emulator holds'))
    .option('--json', 'as JSON')
    .addHelpText('after', '\nThe exit code is 1 where no emulator answers.')
    .action(tellStatus)
}

async function tellStatus({ json, ...flags }: ConnectionFlags & { json?: boolean }): Promise<void> {
  const { body } = await new RestClient(flags).send('GET', ['_emulator', 'status'])
  console.log(json === true ? JSON.stringify(body) : describe(body as AccountStatus))
}

function describe({ account, version, processId, dataFile, databases, faults }: AccountStatus): string {
  const rows = databases.flatMap(({ id, containers }) =>
    containers.map((container) => [`${id}/${container.id}`, container.documents, container.ranges] as const),
  )
  const width = Math.max(9, ...rows.map(([name]) => name.length))
  return [
    `Account ${account}, cosmos-emulator ${version}, process ${processId}, ${dataFile ?? 'in memory'}`,
    ...(faults > 0
      ? [`${describeCount(faults, 'fault')} injected; cosmos-emulator fault list tells more`]
      : []),
    ...(rows.length === 0 ? ['No containers.'] : [`${'container'.padEnd(width)}  documents  ranges`]),
    ...rows.map(
      ([name, documents, ranges]) =>
        `${name.padEnd(width)}  ${String(documents).padStart(9)}  ${String(ranges).padStart(6)}`,
    ),
  ].join('\n')
}
