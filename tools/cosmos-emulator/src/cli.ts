import { Command, InvalidArgumentError } from 'commander'

import { messageOf } from './errors.ts'
import { startCosmosEmulator } from './start-cosmos-emulator.ts'
import type { AccountOptions } from './start-cosmos-emulator.ts'

interface StartFlags {
  port: number
  data?: string
  memory?: boolean
  key?: string
  account: AccountOptions[]
  gatewayStrict?: boolean
  partitions?: number
}

const program = new Command('cosmos-emulator').description('Cosmos DB (NoSQL API) on a laptop')

program
  .command('start')
  .description('serve accounts until SIGTERM or Ctrl-C')
  .option('--port <number>', 'port of the account "primary", where no --account is given', toPort, 8081)
  .option('--data <folder>', 'where the data files are', '.cosmos-emulator')
  .option('--memory', 'keep everything in memory, nothing on disk')
  .option('--key <base64>', 'master key of all accounts (default: the well-known key of every emulator)')
  .option(
    '--account <name:port>',
    'an account of its own port and data file; may be repeated',
    addAccount,
    [],
  )
  .option('--gateway-strict', "refuse the cross-partition queries that the service's gateway refuses")
  .option('--partitions <number>', 'how many physical partitions a new container has', Number)
  .action(start)

await program.parseAsync()

async function start(flags: StartFlags): Promise<void> {
  const accounts = flags.account.length > 0 ? flags.account : [{ name: 'primary', port: flags.port }]
  const { key, data, partitions: partitionCount } = flags
  try {
    const emulator = await startCosmosEmulator({
      accounts: accounts.map((account) => ({ ...account, ...(key === undefined ? {} : { key }) })),
      ...(flags.gatewayStrict === true ? { gatewayStrict: true } : {}),
      ...(partitionCount === undefined ? {} : { partitionCount }),
      ...(flags.memory === true || data === undefined ? {} : { dataDirectory: data }),
    })
    for (const { name, endpoint, key: accountKey } of emulator.accounts)
      console.log(`Emulator ready: ${JSON.stringify({ account: name, endpoint, key: accountKey })}`)
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        void emulator.close().then(() => process.exit(0))
      })
  } catch (error) {
    console.error(`cosmos-emulator: ${messageOf(error)}`)
    process.exitCode = 1
  }
}

function toPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('It must be a port number.')
  return port
}

function addAccount(text: string, accounts: AccountOptions[]): AccountOptions[] {
  const [name = '', port = ''] = text.split(':')
  if (!/^[\w-]{1,60}$/.test(name)) throw new InvalidArgumentError('It must be NAME:PORT.')
  return [...accounts, { name, port: toPort(port) }]
}
