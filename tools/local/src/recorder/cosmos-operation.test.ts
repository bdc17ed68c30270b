import { describe, expect, it } from '@jest/globals'

import { isCosmosBatch, readCosmosOperations } from './cosmos-operation.ts'
import { UnknownOperationError } from './data-operation.ts'

const container = '/dbs/zoetrope/colls/library'
const items = `${container}/docs`

describe('an operation on a Cosmos account', () => {
  it.each([
    ['GET', '/', {}, 'account', 'ReadMetadata'],
    ['GET', '/dbs/zoetrope', {}, 'database:zoetrope', 'ReadMetadata'],
    ['GET', container, {}, 'container:library', 'ReadMetadata'],
    ['GET', `${container}/`, {}, 'container:library', 'ReadMetadata'],
    ['GET', `${container}/pkranges`, {}, 'container:library', 'ReadMetadata'],
    ['GET', items, { 'a-im': 'Incremental feed' }, 'container:library', 'ReadChangeFeed'],
    ['POST', items, { 'x-ms-documentdb-isquery': 'True' }, 'container:library', 'QueryItems'],
    ['POST', items, { 'x-ms-cosmos-is-query-plan-request': 'True' }, 'container:library', 'QueryItems'],
    ['POST', items, { 'x-ms-documentdb-is-upsert': 'true' }, 'container:library', 'UpsertItem'],
    ['POST', items, { 'x-ms-documentdb-isquery': 'false' }, 'container:library', 'CreateItem'],
    ['GET', `${items}/a%20b`, {}, 'container:library', 'ReadItem'],
    ['PUT', `${items}/a`, {}, 'container:library', 'ReplaceItem'],
    ['PATCH', `${items}/a`, {}, 'container:library', 'PatchItem'],
    ['DELETE', `${items}/a`, {}, 'container:library', 'DeleteItem'],
    ['POST', `${container}/sprocs/a`, {}, 'container:library', 'ExecuteStoredProcedure'],
    ['POST', '/dbs/zoetrope/colls', {}, 'database:zoetrope', 'CreateContainer'],
  ])('%s %s with %p is of %s: %s', (method, url, headers, resource, operation) => {
    expect(readCosmosOperations({ method, url, headers })).toEqual([{ resource, operation }])
  })

  it('that is a batch is also what it holds', () => {
    const request = { method: 'POST', url: items, headers: { 'x-ms-cosmos-is-batch-request': 'True' } }
    const body = JSON.stringify(
      ['Create', 'Replace', 'Create'].map((operationType) => ({ operationType, resourceBody: {} })),
    )

    expect(isCosmosBatch(request)).toBe(true)
    expect(readCosmosOperations(request, body)).toEqual(
      ['ExecuteBatch', 'CreateItem', 'ReplaceItem'].map((operation) => ({
        resource: 'container:library',
        operation,
      })),
    )
  })

  it.each([
    ['GET', items, 'GET /dbs/colls/docs of a Cosmos account'],
    ['PUT', `${container}/sprocs/a`, 'PUT /dbs/colls/sprocs/* of a Cosmos account'],
    ['GET', `${container}/conflicts`, 'GET /dbs/colls/conflicts of a Cosmos account'],
  ])('that no rule knows is an error that names it: %s %s', (method, url, message) => {
    expect(() => readCosmosOperations({ method, url, headers: {} })).toThrow(
      new UnknownOperationError(message),
    )
  })
})
