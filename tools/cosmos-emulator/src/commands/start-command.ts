import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'

import { Command, Option } from 'commander'

import type { AccountOptions } from '../emulator-options.ts'
import { messageOf } from '../errors.ts'
import { consistencyLevels } from '../http/consistency.ts'
import type { ConsistencyLevel } from '../http/consistency.ts'
import { startCosmosEmulator } from '../start-cosmos-emulator.ts'
import type { CosmosEmulator } from '../start-cosmos-emulator.ts'
import { addAccount, addValue, parsePort, parseWhole } from './parse-values.ts'

interface StartFlags {
  port: number
  httpsPort?: number
  https?: boolean
  data: string
  memory?: boolean
  key?: string
  account?: AccountOptions[]
  allowHost?: string[]
  gatewayStrict?: boolean
  partitions?: number
  enforceThroughput?: boolean
  serverless?: boolean
  consistency?: ConsistencyLevel
}

const more = `
For each account a line is printed when it answers: Emulator ready: {"account":…,"endpoint":…,"key":…}
Lines for people follow: where its data explorer is, where its data are, how to trust its certificate.

Examples:
  cosmos-emulator start
  cosmos-emulator start --memory --port 0
  cosmos-emulator start --https-port 8443
  cosmos-emulator start --account primary:8081 --account replica:8082

The first signal (SIGTERM, Ctrl-C) lets requests end; the second ends at once.`

/** `start`: serves accounts until it is told to end. */
export function startCommand(): Command {
  return new Command('start')
    .description('serve accounts until SIGTERM or Ctrl-C')
    .option(
      '-p, --port <number>',
      'port of the account "primary", where no --account is given; 0 takes a free one',
      parsePort,
      8081,
    )
    .option(
      '--https',
      'serve HTTPS beside HTTP, on a free port, with a certificate that is made in the data folder',
    )
    .option('--https-port <number>', 'the same, on this port', parsePort)
    .option('--data <folder>', 'where the data files are', '.cosmos-emulator')
    .addOption(
      new Option('--memory', 'keep everything in memory, nothing on disk; not with --data').conflicts('data'),
    )
    .addOption(
      new Option(
        '--key <base64>',
        'master key of all accounts (default: the well-known key of every emulator)',
      ).env('COSMOS_EMULATOR_KEY'),
    )
    .addOption(
      new Option(
        '--account <name:port[:https]>',
        'an account with ports and a data file of its own, in place of "primary"; may be repeated',
      )
        .argParser(addAccount)
        .conflicts(['port', 'httpsPort']),
    )
    .option('--partitions <number>', 'how many physical partitions a new container has, 1 to 100', parseWhole)
    .option('--enforce-throughput', 'answer 429 to what goes over the throughput of a physical partition')
    .option('--serverless', 'accounts whose containers have no throughput to set')
    .addOption(
      new Option(
        '--consistency <level>',
        'consistency of the accounts; a request for a stronger one is refused',
      ).choices(consistencyLevels),
    )
    .option('--gateway-strict', "refuse the cross-partition queries that the service's gateway refuses")
    .option('--allow-host <name>', 'let in requests to this host name, too; may be repeated', addValue)
    .addHelpText('after', more)
    .action(start)
}

async function start(flags: StartFlags): Promise<void> {
  // A scan makes much garbage that is short-lived: room for it would otherwise grow by 100 MB and stay.
  setFlagsFromString('--semi-space-growth-factor=1')
  const { key, httpsPort, partitions } = flags
  const primary = { name: 'primary', port: flags.port, ...(httpsPort === undefined ? {} : { httpsPort }) }
  const accounts = flags.account ?? [primary]
  const emulator = await startCosmosEmulator({
    accounts: accounts.map((account) => ({ ...account, ...(key === undefined ? {} : { key }) })),
    ...(flags.memory === true ? {} : { dataDirectory: flags.data }),
    https: flags.https === true || accounts.some((account) => 'httpsPort' in account),
    allowedHosts: flags.allowHost ?? [],
    gatewayStrict: flags.gatewayStrict === true,
    enforceThroughput: flags.enforceThroughput === true,
    serverless: flags.serverless === true,
    ...(flags.consistency === undefined ? {} : { consistencyLevel: flags.consistency }),
    ...(partitions === undefined ? {} : { partitionCount: partitions }),
  })
  for (const { name, ...address } of emulator.accounts)
    console.log(`Emulator ready: ${JSON.stringify({ account: name, ...address })}`)
  for (const { name, endpoint } of emulator.accounts)
    console.log(`Data explorer of ${name}: ${endpoint}_explorer`)
  console.log(
    flags.memory === true ? 'Data: in memory, gone when this ends.' : `Data: ${resolve(flags.data)}`,
  )
  if (emulator.certificate) sayHowToTrust(emulator.certificate)
  endOnSignal(emulator)
}

function sayHowToTrust({ path }: { path?: string }): void {
  console.log(
    path === undefined
      ? 'HTTPS has a certificate of this start alone: give --data instead of --memory for one that clients can be told to trust.'
      : `To trust the certificate of HTTPS: NODE_EXTRA_CA_CERTS=${path} for Node, or add that file to the certificates of your system.`,
  )
}

function endOnSignal(emulator: CosmosEmulator): void {
  let isEnding = false
  const end = (): void => {
    if (isEnding) process.exit(130)
    isEnding = true
    void emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`cosmos-emulator: could not end in peace: ${messageOf(error)}`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end)
}
