import { describe, expect, it } from '@jest/globals'

import { JsonSection } from '../../config/json-section.ts'
import { readSingletonSettings } from './singleton-settings.ts'

const read = (singleton: Record<string, unknown>): ReturnType<typeof readSingletonSettings> =>
  readSingletonSettings(JsonSection.of(singleton, 'host.json: singleton'))

describe('how one host keeps a timer', () => {
  it('is short where nothing is said', () => {
    expect(read({})).toEqual({ periodMs: 15_000, pollingMs: 5000 })
    expect(read({ listenerLockPeriod: '00:01:00', listenerLockRecoveryPollingInterval: '00:00:30' })).toEqual(
      {
        periodMs: 60_000,
        pollingMs: 30_000,
      },
    )
  })

  it.each([
    { listenerLockPeriod: '00:00:14' },
    { listenerLockPeriod: '00:01:01' },
    { listenerLockPeriod: 'long' },
    { listenerLockRecoveryPollingInterval: '00:00:00' },
  ])('%j is refused by its name in host.json', (singleton) => {
    expect(() => read(singleton)).toThrow(`host.json: singleton.${Object.keys(singleton)[0]}`)
  })
})
