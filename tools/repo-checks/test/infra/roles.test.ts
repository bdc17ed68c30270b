import { describe, expect, it } from '@jest/globals'

import { isWithinScope } from '../../src/infra/data-scope.ts'
import { actionsOf } from '../../src/infra/operation-actions.ts'
import { isGranted, roleById, roleDefinitions, type RoleKey } from '../../src/infra/role-definitions.ts'

/** Whether one role is enough for an operation at its own scope. */
function allows(role: RoleKey, account: string, operation: string): boolean {
  const ways = actionsOf(account, operation)
  if (!ways) throw new Error(`No such operation: ${operation}`)
  return ways.some((actions) => actions.every((action) => isGranted(role, action)))
}

describe('what roles allow', () => {
  it.each<[RoleKey, string, string, boolean]>([
    ['blobDataReader', 'media-storage', 'GetBlob', true],
    ['blobDataReader', 'media-storage', 'ListBlobs', true],
    ['blobDataReader', 'media-storage', 'PutBlockList', false],
    ['blobDataReader', 'media-storage', 'DeleteBlob', false],
    ['blobDataContributor', 'media-storage', 'PutBlob', true],
    ['blobDataContributor', 'media-storage', 'LeaseBlob', true],
    ['blobDataContributor', 'media-storage', 'SetBlobTags', false],
    ['blobDataContributor', 'media-storage', 'SetContainerACL', false],
    ['blobDataOwner', 'host-storage', 'SetBlobTags', true],
    ['blobDelegator', 'media-storage', 'GetUserDelegationKey', true],
    ['blobDelegator', 'media-storage', 'GetBlob', false],
    ['queueDataMessageSender', 'media-storage', 'PutMessage', true],
    ['queueDataMessageSender', 'media-storage', 'GetQueueMetadata', false],
    ['queueDataMessageSender', 'media-storage', 'GetMessages', false],
    ['queueDataContributor', 'media-storage', 'UpdateMessage', true],
    ['queueDataContributor', 'media-storage', 'PutMessage', true],
    ['tableDataContributor', 'host-storage', 'InsertOrReplaceEntity', true],
    ['cosmosDataReader', 'cosmos', 'QueryItems', true],
    ['cosmosDataReader', 'cosmos', 'ReadChangeFeed', true],
    ['cosmosDataReader', 'cosmos', 'UpsertItem', false],
    ['cosmosDataContributor', 'cosmos', 'PatchItem', true],
    ['cosmosDataContributor', 'cosmos', 'DeleteItem', true],
  ])('%s on %s: %s is %s', (role, account, operation, isAllowed) => {
    expect(allows(role, account, operation)).toBe(isAllowed)
  })

  it('is nothing that makes databases or containers of Cosmos DB', () => {
    expect(actionsOf('cosmos', 'CreateContainer')).toBeUndefined()
    expect(actionsOf('media-storage', 'CreateContainer')).toBeDefined()
  })

  it('is found by the GUID of the role, in any case', () => {
    expect(roleById('BA92F5B4-2D11-453D-A403-E96B0029C9FE')).toBe('blobDataContributor')
    expect(roleById('b24988ac-6180-42a0-ab88-20f7382dd24c')).toBeUndefined()
    expect(new Set(Object.values(roleDefinitions).map(({ id }) => id)).size).toBe(
      Object.keys(roleDefinitions).length,
    )
  })
})

describe('where roles count', () => {
  it.each<[string, string, string, boolean]>([
    ['GetBlob', '/a/containers/uploads', '/a/containers/uploads', true],
    ['GetBlob', '/a/containers/uploads', '/a', true],
    ['GetBlob', '/a/containers/uploads', '/a/containers/upload', false],
    ['GetUserDelegationKey', '/a', '/a/containers/uploads', false],
    ['ReadMetadata', '/c', '/c/dbs/zoetrope/colls/jobs', true],
    ['ReadMetadata', '/c/dbs/zoetrope/colls/jobs', '/c/dbs/zoetrope/colls/library', false],
    ['QueryItems', '/c/dbs/zoetrope', '/c/dbs/zoetrope/colls/jobs', false],
  ])('%s on %s with a role on %s: %s', (operation, target, scope, counts) => {
    expect(isWithinScope(operation, target, scope)).toBe(counts)
  })
})
