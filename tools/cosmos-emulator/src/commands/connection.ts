import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { Option } from 'commander'
import type { Command } from 'commander'

import { wellKnownKey } from '../access/master-key.ts'
import { RestClient } from '../client/rest-client.ts'
import { startCosmosEmulator } from '../start-cosmos-emulator.ts'
import { parseEndpoint } from './parse-values.ts'

/** Which account a command speaks to. */
export interface ConnectionFlags {
  endpoint: string
  key: string
  data?: string
  account: string
}

/** Adds the flags that name a running account. */
export function addEndpointFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--endpoint <url>', 'a running emulator, or an account in Azure')
        .env('COSMOS_ENDPOINT')
        .argParser(parseEndpoint)
        .default('http://127.0.0.1:8081/'),
    )
    .addOption(
      new Option('--key <base64>', 'its master key')
        .env('COSMOS_KEY')
        .default(wellKnownKey, 'the well-known key of every emulator'),
    )
}

/** Adds the flags that name an account, running or at rest. */
export function addConnectionFlags(command: Command): Command {
  return addEndpointFlags(command)
    .option('--data <folder>', 'instead of an endpoint: a data folder that no emulator uses')
    .option('--account <name>', 'the account in that folder', 'primary')
    .hook('preAction', (_, given) => checkTogether(given))
}

/** A data folder has no endpoint, and an endpoint is of one account: whoever names both means only one of them. */
function checkTogether(command: Command): void {
  const isGiven = (flag: string): boolean => command.getOptionValueSource(flag) === 'cli'
  const hasFolder = isGiven('data')
  if (hasFolder && isGiven('endpoint'))
    command.error("error: option '--data' cannot be used with option '--endpoint'")
  if (!hasFolder && isGiven('account'))
    command.error("error: option '--account' names an account in a data folder: give that with --data")
}

/** An account to speak to; its end closes a data folder that was opened for it. */
export interface Connection extends AsyncDisposable {
  client: RestClient
}

/** Opens the account that the flags name. A data file is made where there is none, if that `isMade`. @throws Error that says what to do */
export async function connect(flags: ConnectionFlags, { isMade }: { isMade: boolean }): Promise<Connection> {
  const { data, account } = flags
  if (data === undefined)
    return { client: new RestClient(flags), [Symbol.asyncDispose]: () => Promise.resolve() }
  const file = join(data, `${account}.sqlite`)
  if (!isMade && !existsSync(file))
    throw new Error(`There is no data file ${file}: name another folder (--data) or account (--account).`)
  const emulator = await startCosmosEmulator({ accounts: [{ name: account, port: 0 }], dataDirectory: data })
  const { endpoint = '', key = '' } = emulator.accounts[0] ?? {}
  return { client: new RestClient({ endpoint, key }), [Symbol.asyncDispose]: () => emulator.close() }
}
