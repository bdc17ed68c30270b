import { Argument, Command } from 'commander'

import { RestClient } from '../client/rest-client.ts'
import { faultPresets } from '../faults/fault-presets.ts'
import type { FaultRule } from '../faults/fault-rule.ts'
import type { FaultCounts } from '../http/control.ts'
import { addEndpointFlags } from './connection.ts'
import type { ConnectionFlags } from './connection.ts'
import { describeCount } from './describe-counts.ts'
import { parseShare, parseWhole } from './parse-values.ts'

type AddFlags = ConnectionFlags & Omit<FaultRule, 'dropsConnection' | 'cutsBody' | 'isAfterWork'>

const more = `
Examples:
  cosmos-emulator fault add throttle --operation 'items.*' --retry-after-ms 100 --times 20
  cosmos-emulator fault add slow --delay-ms 3000 --path '/dbs/shop/colls/orders/**' --probability 0.1
  cosmos-emulator fault list
  cosmos-emulator fault clear`

/** `fault`: makes requests to a running emulator fail. */
export function faultCommand(): Command {
  const add = addEndpointFlags(new Command('add').description('let requests fail'))
    .addArgument(new Argument('<preset>', 'what happens to them').choices(Object.keys(faultPresets)))
    .option('--method <verb>', 'requests with this HTTP method')
    .option(
      '--operation <name>',
      'such as items.create, item.read, item.*; a wrong one tells all that there are',
    )
    .option('--path <glob>', 'such as /dbs/shop/**; * stays within a part of the path')
    .option('--partition-key <json>', 'requests with this partition key', parseJson)
    .option('--skip <count>', 'let so many through first', parseWhole)
    .option('--every <n>', 'strike every n-th', parseWhole)
    .option('--probability <share>', 'strike with this probability, 0 to 1', parseShare)
    .option('--seed <number>', 'of the probability', parseWhole)
    .option('--times <count>', 'strike at most so often', parseWhole)
    .option('--status <code>', 'answer this status', parseWhole)
    .option('--substatus <code>', 'answer this sub-status', parseWhole)
    .option('--retry-after-ms <ms>', 'tell clients to wait so long', parseWhole)
    .option('--delay-ms <ms>', 'wait so long first', parseWhole)
    .action(async (preset: FaultRule['preset'], { endpoint, key, ...rule }: AddFlags) => {
      const { body } = await new RestClient({ endpoint, key }).send('POST', ['_emulator', 'faults'], {
        body: { preset, ...rule },
      })
      console.log(describe(body as FaultCounts))
    })
  const list = addEndpointFlags(
    new Command('list').description('tell the faults, and how often each has struck'),
  ).action(async (flags: ConnectionFlags) => {
    const { body } = await new RestClient(flags).send('GET', ['_emulator', 'faults'])
    const { faults } = body as { faults: FaultCounts[] }
    console.log(faults.length === 0 ? 'No faults.' : faults.map(describe).join('\n'))
  })
  const clear = addEndpointFlags(new Command('clear').description('take all faults back')).action(
    async (flags: ConnectionFlags) => {
      const client = new RestClient(flags)
      const { body } = await client.send('GET', ['_emulator', 'faults'])
      await client.send('DELETE', ['_emulator', 'faults'])
      console.log(`Took ${describeCount((body as { faults: FaultCounts[] }).faults.length, 'fault')} back.`)
    },
  )
  return new Command('fault')
    .description('make requests to a running emulator fail, to see what their callers do')
    .addCommand(add)
    .addCommand(list)
    .addCommand(clear)
    .addHelpText('after', more)
}

function describe({ name, rule, matched, struck }: FaultCounts): string {
  return `${name}: struck ${struck} of ${matched} ${JSON.stringify(rule)}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
