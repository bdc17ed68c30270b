import assert from 'node:assert/strict'

import type { ContainerDefinition, ContainerRequest } from '@azure/cosmos'

import { answers, fails, isAnswer } from './assertions.ts'
import { pathOf } from './contract-context.ts'
import { faithful } from './contract-row.ts'
import type { ContractRow } from './contract-row.ts'

const encryptedPath = {
  path: '/secret',
  clientEncryptionKeyId: 'key',
  encryptionType: 'Deterministic',
  encryptionAlgorithm: 'AEAD_AES_256_CBC_HMAC_SHA256',
}

const encryptionKey = {
  id: 'key',
  encryptionAlgorithm: 'AEAD_AES_256_CBC_HMAC_SHA256',
  wrappedDataEncryptionKey: 'AAAA',
  keyWrapMetadata: { type: 'AZURE_KEY_VAULT', name: 'k', value: 'v', algorithm: 'RSA-OAEP' },
}

const encrypted = { clientEncryptionPolicy: { policyFormatVersion: 2, includedPaths: [encryptedPath] } }

const embedding = { path: '/v', dataType: 'float32', dimensions: 3, distanceFunction: 'cosine' }

function embeddings(...vectorEmbeddings: object[]): Partial<ContainerDefinition> {
  return { vectorEmbeddingPolicy: { vectorEmbeddings } } as never
}

/** What of a container and its offer is settled at its creation, and the containers that clients mean. */
export const settledRows: ContractRow[] = [
  ...faithful('containers.create', {
    'answers 400 to a kind or a version of partition key that is none': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      for (const partitionKey of [
        { paths: ['/a'], kind: 'Range' },
        { paths: ['/a'], version: 3 },
        { paths: ['/a', '/b'], kind: 'MultiHash', version: 1 },
      ]) {
        const body = JSON.stringify({ id: 'c', partitionKey })
        isAnswer(await send('POST', `/dbs/${id}/colls`, { body }), 400, /partition key/)
      }
    },
    'answers 400 to a client encryption policy whose keys are not there': async ({ makeDatabase, send }) => {
      const { id } = await makeDatabase()
      const body = JSON.stringify({ id: 'c', partitionKey: { paths: ['/a'] }, ...encrypted })
      isAnswer(await send('POST', `/dbs/${id}/colls`, { body }), 400, /'key'/)
      const sent = { body: JSON.stringify(encryptionKey) }
      isAnswer(await send('POST', `/dbs/${id}/clientencryptionkeys`, sent), 201)
      isAnswer(await send('POST', `/dbs/${id}/colls`, { body }), 201)
    },
  }),
  ...faithful('containers.create', {
    'fills an indexing policy in as the service does': async ({ makeContainer }) => {
      const indexingPolicy = {
        includedPaths: [],
        excludedPaths: [{ path: '/*' }],
        compositeIndexes: [[{ path: '/a' }, { path: '/b', order: 'Descending' }]],
        spatialIndexes: [{ path: '/place/*' }],
      }
      const { resource } = await (await makeContainer({ indexingPolicy } as never)).read()
      assert.deepEqual(resource?.indexingPolicy, {
        indexingMode: 'consistent',
        automatic: true,
        includedPaths: [],
        excludedPaths: [{ path: '/*' }, { path: '/"_etag"/?' }],
        compositeIndexes: [
          [
            { path: '/a', order: 'ascending' },
            { path: '/b', order: 'descending' },
          ],
        ],
        spatialIndexes: [{ path: '/place/*', types: ['Point', 'LineString', 'Polygon', 'MultiPolygon'] }],
      })
      const old = await makeContainer({ indexingPolicy: { includedPaths: [{ path: '/' }] } })
      assert.deepEqual((await old.read()).resource?.indexingPolicy?.includedPaths, [{ path: '/*' }])
    },
    'answers 400 to an indexing policy that cannot be': async ({ makeContainer }) => {
      const root = { path: '/*' }
      for (const [indexingPolicy, message] of [
        [{ includedPaths: [{ path: '/a/?' }] }, /mandatory/],
        [{ includedPaths: [root], excludedPaths: [root] }, /both included and excluded/],
        [{ includedPaths: [root, { path: '/a' }] }, /'\/a' of the includedPaths/],
        [{ excludedPaths: [{ path: 'a/?' }] }, /'a\/\?' of the excludedPaths/],
        [{ includedPaths: root }, /must be an array/],
        [{ compositeIndexes: [[{ path: '/a' }]] }, /from 2 to 8/],
        [{ compositeIndexes: [[{ path: '/a/*' }, { path: '/b' }]] }, /path of a property/],
        [{ compositeIndexes: [[{ path: '/a' }, { path: '/b', order: 'up' }]] }, /'up'/],
        [{ spatialIndexes: [{ path: '/a/*', types: ['Circle'] }] }, /Point, LineString/],
      ] as const)
        await fails(makeContainer({ indexingPolicy } as never), 400, message)
    },
    'keeps what a vector index is built with, and answers 400 to what its type has not': async (context) => {
      const make = async (type: string, more: object) =>
        context.makeContainer({
          ...embeddings({ ...embedding, dimensions: 100 }),
          indexingPolicy: { vectorIndexes: [{ path: '/v', type, ...more }] },
        } as never)
      const built = { quantizationByteSize: 96, indexingSearchListSize: 100, vectorIndexShardKey: ['/city'] }
      const { resource } = await (await make('diskANN', built)).read()
      assert.deepEqual(resource?.indexingPolicy?.vectorIndexes, [{ path: '/v', type: 'diskANN', ...built }])
      for (const [type, more, message] of [
        ['flat', { quantizationByteSize: 2 }, /only for quantizedFlat and diskANN/],
        ['quantizedFlat', { indexingSearchListSize: 50 }, /only for diskANN/],
        ['quantizedFlat', { quantizationByteSize: 0 }, /from 1 to 100/],
        ['diskANN', { quantizationByteSize: 101 }, /from 1 to 100/],
        ['diskANN', { indexingSearchListSize: 24 }, /from 25 to 500/],
        ['diskANN', { vectorIndexShardKey: '/city' }, /array of paths/],
        ['tree', {}, /must be one of/],
      ] as const)
        await fails(make(type, more), 400, message)
    },
    'answers 400 to partition keys and conflict policies that cannot be': async ({ makeContainer }) => {
      const twice = { partitionKey: { paths: ['/a', '/a'], kind: 'MultiHash', version: 2 } }
      await fails(makeContainer(twice as never), 400, /twice/)
      await fails(makeContainer({ partitionKey: '/a/*' }), 400, /invalid/)
      const conflictResolutionPolicy = { mode: 'Never' }
      await fails(makeContainer({ conflictResolutionPolicy } as never), 400, /LastWriterWins/)
    },
  }),
  ...faithful('container.replace', {
    'adds vectors, and answers 400 to others at the same path or without them': async ({ makeContainer }) => {
      const container = await makeContainer(embeddings(embedding))
      const { id, partitionKey } = (await container.read()).resource ?? {}
      const replace = async (policy: object) => container.replace({ id, partitionKey, ...policy } as never)
      await fails(replace(embeddings({ ...embedding, dimensions: 4 })), 400, /vector/)
      await fails(replace({}), 400, /vector/)
      await answers(replace(embeddings(embedding, { ...embedding, path: '/w' })), 200)
    },
    'answers 400 to another client encryption policy': async ({ makeDatabase, send }) => {
      const { id, containers } = await makeDatabase()
      await send('POST', `/dbs/${id}/clientencryptionkeys`, { body: JSON.stringify(encryptionKey) })
      const wanted = { id: 'c', partitionKey: '/a', ...encrypted } as unknown as ContainerRequest
      const { container, resource } = await containers.create(wanted)
      const body = JSON.stringify({ ...resource, clientEncryptionPolicy: undefined })
      isAnswer(await send('PUT', pathOf(container), { body }), 400, /encryption/)
      await answers(container.replace(resource as never), 200)
    },
  }),
  ...faithful('offer.replace', {
    'answers 400 to another id or _rid, 412 to another etag': async ({ makeContainer, send }) => {
      const { offer, resource } = await (await makeContainer()).readOffer()
      const path = `/offers/${resource?.id}`
      for (const change of [{ id: 'other' }, { _rid: 'other' }])
        isAnswer(await send('PUT', path, { body: JSON.stringify({ ...resource, ...change }) }), 400, /other/)
      const body = JSON.stringify(resource)
      isAnswer(await send('PUT', path, { body, headers: { 'if-match': '"other"' } }), 412)
      isAnswer(await send('PUT', path, { body, headers: { 'if-match': resource?._etag } }), 200)
      assert.notEqual((await offer?.read())?.resource?._etag, resource?._etag)
    },
  }),
  ...faithful('item.read', {
    'answers 400/1024 where the client means a container that was made anew': async (context) => {
      const container = await context.makeContainer()
      await container.items.create({ id: 'a', tenantId: 't' })
      const read = async (intended: string) =>
        context.send('GET', `${pathOf(container)}/docs/a`, {
          headers: {
            'x-ms-documentdb-partitionkey': '["t"]',
            'x-ms-cosmos-intended-collection-rid': intended,
          },
        })
      const answer = await read('AAAAAAAAAAA=')
      isAnswer(answer, 400, /meant for/)
      assert.equal(answer.headers['x-ms-substatus'], '1024')
      isAnswer(await read(String((await container.read()).resource?._rid)), 200)
    },
  }),
  ...faithful('storedProcedure.execute', {
    'takes an empty partition key where the container has none': async ({ makeDatabase, send }) => {
      const database = await makeDatabase()
      isAnswer(await send('POST', `/dbs/${database.id}/colls`, { body: '{"id":"c"}' }), 201)
      const { scripts } = database.container('c')
      const body = 'function () { getContext().getResponse().setBody(1) }'
      await scripts.storedProcedures.create({ id: 'one', body })
      assert.equal((await scripts.storedProcedure('one').execute(undefined as never)).resource, 1)
    },
  }),
]
