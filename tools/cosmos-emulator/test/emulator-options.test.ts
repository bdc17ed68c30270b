import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import type { EmulatorOptions } from '../src/index.ts'

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
  ])('%j is refused, with what to mend', async (options, message) => {
    await expect(startCosmosEmulator(options)).rejects.toThrow(message)
  })
})
