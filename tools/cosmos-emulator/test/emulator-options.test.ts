import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import type { AccountOptions, EmulatorOptions } from '../src/index.ts'
import { checkNodeVersion } from '../src/node-version.ts'

describe('options that make no sense', () => {
  it.each<[EmulatorOptions, string]>([
    [
      { accounts: [{ name: 'a/b', port: 0 }] },
      "The account name 'a/b' must be of letters, digits, - and _, at most 60.",
    ],
    [{ accounts: ['a', 'a'].map((name) => ({ name, port: 0 })) }, "The account name 'a' is given twice."],
    [{ accounts: [{ name: 'a', port: 0, key: 'no base64!' }] }, "The key of the account 'a' must be base64."],
    [{ accounts: [{ name: 'a', port: 0, key: '' }] }, "The key of the account 'a' must be base64."],
    [{ partitionCount: 0 }, 'The number of partitions 0 must be a whole number from 1 to 100.'],
    [{ partitionCount: 1.5 }, 'The number of partitions 1.5 must be a whole number from 1 to 100.'],
    [
      { faults: [{}] },
      'A fault must do something: give a preset, status, delayMs, dropsConnection or cutsBody.',
    ],
    [{ accounts: [] }, 'The option accounts must name an account; without it there is one, primary.'],
    [{ dataDirectory: '' }, 'The option dataDirectory must be the path of a folder.'],
    [{ port: 0 } as EmulatorOptions, "The options have no field 'port': there are accounts, dataDirectory, "],
    [
      { accounts: [{ name: 'a', port: 0, https: 1 } as AccountOptions] },
      "An account has no field 'https': there are name, port, httpsPort, key.",
    ],
    [{ clock: () => Number.NaN }, 'The option clock must be a function that gives milliseconds since 1970.'],
    [{ scriptBudgetMs: Number.NaN }, 'The option scriptBudgetMs must be a number from 0 on, not NaN.'],
    [{ queries: { longestPageMs: -1 } }, 'The option longestPageMs must be a number from 0 on, not -1.'],
    [
      { allowedHosts: 'emulator.example' } as unknown as EmulatorOptions,
      'The option allowedHosts must be a list of host names.',
    ],
    [
      { clock: 1 } as unknown as EmulatorOptions,
      'The option clock must be a function that gives milliseconds since 1970.',
    ],
  ])('%j is refused, with what to mend', async (options, message) => {
    await expect(startCosmosEmulator(options)).rejects.toThrow(message)
  })

  it('a Node that is too old is named, and what to do', () => {
    expect(() => checkNodeVersion('20.20.2')).toThrow(
      /^startCosmosEmulator runs on Node 24; this is Node 20\.20\.2\. .* npx cosmos-emulator start --memory --port 0$/,
    )
    expect(() => checkNodeVersion('24.0.0')).not.toThrow()
  })

  it('a closed emulator has nothing to copy', async () => {
    const emulator = await startCosmosEmulator()
    await emulator.close()
    await expect(emulator.snapshot()).rejects.toThrow('The emulator is closed')
  })
})
