import { describe, expect, it } from '@jest/globals'

import { findDifferences } from './declared-operations.ts'
import type { Declaration, ObservedOperation } from './observed-operations.ts'

const declaration: Declaration = {
  name: 'app',
  queues: { consumes: ['tasks', 'tasks-poison'], sends: ['results'] },
  blobContainers: { reads: ['uploads'], writes: ['renditions'], signs: ['uploads'] },
  cosmosContainers: { reads: ['library'], writes: ['jobs'], replicates: ['library'] },
}
const seen: readonly ObservedOperation[] = [
  { account: 'host-storage', resource: 'blob:azure-webjobs-hosts', operation: 'LeaseBlob' },
  { account: 'media-storage', resource: 'account', operation: 'GetUserDelegationKey' },
  { account: 'media-storage', resource: 'blob:uploads', operation: 'GetBlobProperties' },
  { account: 'media-storage', resource: 'blob:renditions', operation: 'PutBlockList' },
  { account: 'media-storage', resource: 'queue:tasks', operation: 'GetMessages' },
  { account: 'media-storage', resource: 'queue:tasks-poison', operation: 'GetMessages' },
  { account: 'media-storage', resource: 'queue:tasks-poison', operation: 'PutMessage' },
  { account: 'media-storage', resource: 'queue:results', operation: 'PutMessage' },
  { account: 'cosmos', resource: 'account', operation: 'ReadMetadata' },
  { account: 'cosmos', resource: 'container:library', operation: 'ReadChangeFeed' },
  { account: 'cosmos', resource: 'container:jobs', operation: 'ExecuteBatch' },
  { account: 'cosmos', resource: 'container:jobs', operation: 'CreateItem' },
  { account: 'cosmos-replica', resource: 'container:library', operation: 'ReadItem' },
]

function differencesOf(operations: readonly ObservedOperation[], listed = operations): readonly string[] {
  return findDifferences({ app: operations }, { app: listed }, [declaration])
}

describe('what an app does, says and is listed with', () => {
  it('agrees', () => {
    expect(differencesOf(seen)).toEqual([])
  })

  it.each([
    ['media-storage', 'blob:work', 'GetBlob', 'blobContainers.reads work'],
    ['media-storage', 'blob:uploads', 'DeleteBlob', 'blobContainers.writes uploads'],
    ['media-storage', 'queue:results', 'GetMessages', 'queues.consumes results'],
    ['media-storage', 'queue:other-poison', 'PutMessage', 'queues.sends other-poison'],
    ['media-storage', 'table:history', 'QueryEntities', 'media-storage table:history'],
    ['cosmos', 'container:jobs', 'QueryItems', 'cosmosContainers.reads jobs'],
    ['cosmos', 'container:library', 'PatchItem', 'cosmosContainers.writes library'],
    ['cosmos-replica', 'container:jobs', 'UpsertItem', 'cosmosContainers.replicates jobs'],
  ])('differs where it does what it does not declare: %s %s %s', (account, resource, operation, claim) => {
    expect(differencesOf([...seen, { account, resource, operation }])).toEqual([
      `app does ${operation} (${account}): declare ${claim} in its config.ts.`,
    ])
  })

  it.each([
    ['queue:results', 'queues.sends results'],
    ['blob:renditions', 'blobContainers.writes renditions'],
    ['queue:tasks-poison', 'queues.consumes tasks-poison'],
  ])('differs where it declares what it does not need: %s', (resource, claim) => {
    expect(differencesOf(seen.filter((operation) => operation.resource !== resource))).toEqual([
      `app declares ${claim}, and was not seen to need it: declare less.`,
    ])
  })

  it('agrees where the host moves failed messages to a poison queue that nobody listens to', () => {
    const queues = { ...declaration.queues, consumes: ['tasks'] }
    const operations = seen.filter(
      ({ resource, operation }) => !(resource.endsWith('-poison') && operation === 'GetMessages'),
    )

    expect(findDifferences({ app: operations }, { app: operations }, [{ ...declaration, queues }])).toEqual(
      [],
    )
  })

  it.each(['host-storage', 'media-storage', 'cosmos'])('may not be unknown, listed or not: %s', (account) => {
    const unknown = { account, resource: 'unknown', operation: 'PATCH of something' }

    expect(differencesOf([...seen, unknown])).toEqual([
      `app does something that the recorder does not know (${account}): PATCH of something. Add a rule to tools/local/src/recorder.`,
    ])
  })

  it('differs where the list is another one', () => {
    const [first, ...others] = seen

    expect(differencesOf(seen, others)).toEqual([
      expect.stringMatching(/^app: LeaseBlob on blob:azure-webjobs-hosts of host-storage: seen, and not in/),
    ])
    expect(differencesOf(others, seen)).toEqual([
      expect.stringMatching(/^app: LeaseBlob on .*, and not seen; .*npm run observe -- --write/),
    ])
    expect(first?.operation).toBe('LeaseBlob')
  })
})
