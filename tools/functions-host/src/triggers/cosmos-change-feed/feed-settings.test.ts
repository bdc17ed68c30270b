import { describe, expect, it } from '@jest/globals'

import { readFeedSettings } from './feed-settings.ts'

const binding = { connection: 'Cosmos', databaseName: 'db', containerName: 'items' }
const read = (fields: Record<string, unknown>): ReturnType<typeof readFeedSettings> => {
  const trigger = { type: 'cosmosDBTrigger', name: 'changes', ...binding, ...fields }
  return readFeedSettings(
    { metadata: { name: 'onChange', id: '1', bindings: [trigger] }, trigger },
    { PLACE: 'prod' },
  )
}

describe('the settings of a change feed function', () => {
  it('are those of the real host where nothing is said, also by 0', () => {
    const defaults = {
      leaseConnection: 'Cosmos',
      leaseDatabaseName: 'db',
      leaseContainerName: 'leases',
      leasePrefix: '',
      createsLeaseContainer: false,
      mode: 'LatestVersion',
      pollDelayMs: 5000,
      acquireIntervalMs: 13_000,
      renewIntervalMs: 17_000,
      expirationMs: 60_000,
    }
    expect(read({})).toMatchObject(defaults)
    expect(read({ feedPollDelay: 0, leaseRenewInterval: 0, leaseDatabaseName: '' })).toMatchObject(defaults)
  })

  it('take names from settings, and texts for numbers', () => {
    const settings = read({ leaseDatabaseName: '%PLACE%-db', leaseExpirationInterval: '90000' })
    expect(settings).toMatchObject({ leaseDatabaseName: 'prod-db', expirationMs: 90_000 })
    expect(read({ startFromTime: '2021-02-16T14:19:29Z' }).startFromTime).toEqual(new Date(1_613_485_169_000))
  })

  it('may have the names of version 3 of the extension', () => {
    const trigger = {
      type: 'cosmosDBTrigger',
      name: 'changes',
      databaseName: 'db',
      connectionStringSetting: 'Cosmos',
      collectionName: 'items',
      leaseConnectionStringSetting: 'Leases',
      leaseCollectionName: 'held',
      leaseCollectionPrefix: 'a',
      createLeaseCollectionIfNotExists: true,
      leasesCollectionThroughput: 500,
    }
    const target = { metadata: { name: 'onChange', id: '1', bindings: [trigger] }, trigger }
    expect(readFeedSettings(target, {})).toMatchObject({
      connection: 'Cosmos',
      containerName: 'items',
      leaseConnection: 'Leases',
      leaseContainerName: 'held',
      leasePrefix: 'a',
      createsLeaseContainer: true,
      leaseThroughput: 500,
    })
    expect(read({ collectionName: 'others' }).containerName).toBe('items')
  })

  it.each([
    [{ containerName: '' }, '"containerName"'],
    [{ databaseName: '%NOWHERE%' }, '%NOWHERE%'],
    [{ leaseContainerName: 'items' }, 'leaseContainerName'],
    [{ feedPollDelay: 'soon' }, '"feedPollDelay"'],
    [{ leaseAcquireInterval: -1 }, '"leaseAcquireInterval"'],
    [{ leaseRenewInterval: 60_000 }, 'leaseExpirationInterval'],
    [{ startFromTime: 'yesterday' }, '"startFromTime"'],
    [
      { startFromBeginning: true, startFromTime: '2021-02-16T14:19:29Z' },
      'startFromBeginning and startFromTime',
    ],
    [{ changeFeedMode: 'Everything' }, '"changeFeedMode"'],
    [{ changeFeedMode: 'AllVersionsAndDeletes', startFromBeginning: true }, 'starts from now'],
  ])('%j: the fault names the function and says %s', (fields, text) => {
    expect(() => read(fields)).toThrow(/onChange"/)
    expect(() => read(fields)).toThrow(text)
  })
})
