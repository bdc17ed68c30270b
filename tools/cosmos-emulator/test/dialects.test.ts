import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { openContext, pathOf } from './contract/contract-context.ts'
import type { ContractContext } from './contract/contract-context.ts'
import { sendSigned, signature } from './signed-request.ts'
import type { RawAnswer, RawRequest } from './signed-request.ts'

// What SDKs of other languages send, header by header, where it differs from what the JavaScript SDK sends.

interface Dialect {
  method: string
  /** Behind the container's path, unless it begins the path itself. */
  path: string
  headers?: RawRequest['headers']
  body?: unknown
}

type Expected = Partial<Record<'status' | 'json' | 'headers', unknown>>

const query = { 'content-type': 'application/query+json' }
const ofA = { 'x-ms-documentdb-partitionkey': '["a"]' }
const everywhere = { 'x-ms-documentdb-query-enablecrosspartition': 'True' }
const parameters = [{ name: '@least', value: 2 }]
const sizes = 'SELECT VALUE c.size FROM c WHERE c.size >= @least ORDER BY c.size DESC'

const dialects: Record<string, [Dialect, Expected]> = {
  'Python: a query over all partitions': [
    {
      method: 'POST',
      path: '/docs/',
      headers: {
        ...query,
        ...everywhere,
        'x-ms-documentdb-isquery': 'True',
        'x-ms-documentdb-query-parallelizecrosspartitionquery': 'True',
        'x-ms-max-item-count': '-1',
        'x-ms-version': '2020-07-15',
      },
      body: { query: sizes, parameters },
    },
    { status: 200, json: { Documents: [3, 2], _count: 2 } },
  ],
  'Python: a plan': [
    {
      method: 'POST',
      path: '/docs/',
      headers: {
        ...query,
        'x-ms-cosmos-is-query-plan-request': 'True',
        'x-ms-cosmos-query-version': '1.0',
        'x-ms-cosmos-supported-query-features':
          'Aggregate,CompositeAggregate,Distinct,MultipleOrderBy,OffsetAndLimit,OrderBy,Top,NonValueAggregate,CountIf',
      },
      body: { query: sizes, parameters },
    },
    { status: 200, json: { queryInfo: { orderBy: ['Descending'], hasSelectValue: true } } },
  ],
  'Python: an upsert without a key': [
    {
      method: 'POST',
      path: '/docs/',
      headers: { 'x-ms-documentdb-is-upsert': 'true', 'x-ms-documentdb-partitionkey': '[{}]' },
      body: { id: 'keyless' },
    },
    { status: 201, json: { id: 'keyless' } },
  ],
  'Python: a patch with its own type of content': [
    {
      method: 'PATCH',
      path: '/docs/a1/',
      headers: { ...ofA, 'content-type': 'application/json_patch+json' },
      body: {
        operations: [{ op: 'set', path: '/kind', value: 'old' }],
        condition: 'FROM c WHERE c.size = 1',
      },
    },
    { status: 200, json: { id: 'a1', kind: 'old' } },
  ],
  'Python: a batch': [
    {
      method: 'POST',
      path: '/docs/',
      headers: {
        ...ofA,
        'x-ms-cosmos-is-batch-request': 'True',
        'x-ms-cosmos-batch-atomic': 'True',
        'x-ms-cosmos-batch-continue-on-error': 'False',
      },
      body: [
        { operationType: 'Read', id: 'a1' },
        { operationType: 'Upsert', resourceBody: { id: 'a4', tenantId: 'a', size: 0 } },
      ],
    },
    { status: 200, json: [{ statusCode: 200 }, { statusCode: 201 }] },
  ],
  'Python: the change feed of a key': [
    {
      method: 'GET',
      path: '/docs/',
      headers: { ...ofA, 'a-im': 'Incremental feed', 'x-ms-max-item-count': '1' },
    },
    { status: 200, json: { _count: 1 }, headers: { etag: expect.stringMatching(/^"\d+"$/) } },
  ],
  'Python: the offers': [
    {
      method: 'POST',
      path: '/offers/',
      headers: { ...query, 'x-ms-documentdb-isquery': 'True' },
      body: {
        query: 'SELECT * FROM root WHERE root.resource=@link',
        parameters: [{ name: '@link', value: 'dbs/none/' }],
      },
    },
    { status: 200, json: { Offers: [], _count: 0 } },
  ],
  'Java: a query of one range, by the id of the container and its own': [
    {
      method: 'POST',
      path: '/docs',
      headers: {
        ...query,
        'x-ms-documentdb-isquery': 'true',
        'x-ms-documentdb-partitionkeyrangeid': 'AAAAAIAAAAA=,0',
        'x-ms-documentdb-query-iscontinuationexpected': 'false',
        'x-ms-cosmos-correlated-activityid': '7dd0d1f6-6a1c-4b8f-9a51-61dbd9e7ac0d',
        'x-ms-cosmos-supported-serialization-formats': 'JsonText,CosmosBinary',
      },
      body: { query: sizes, parameters },
    },
    { status: 200, json: { Documents: [3, 2] }, headers: { 'content-type': 'application/json' } },
  ],
  'Java: a query of a part of the keys': [
    {
      method: 'POST',
      path: '/docs',
      headers: {
        ...query,
        'x-ms-documentdb-isquery': 'true',
        'x-ms-read-key-type': 'EffectivePartitionKeyRange',
        'x-ms-start-epk': '',
        'x-ms-end-epk': 'FF',
      },
      body: { query: 'SELECT VALUE COUNT(c.size) FROM c WHERE c.size > 0' },
    },
    { status: 200, json: { Documents: [3] } },
  ],
  'Java: a bulk': [
    {
      method: 'POST',
      path: '/docs',
      headers: {
        'x-ms-cosmos-is-batch-request': 'true',
        'x-ms-cosmos-batch-atomic': 'false',
        'x-ms-cosmos-batch-continue-on-error': 'true',
        'x-ms-documentdb-partitionkeyrangeid': '0',
      },
      body: [
        { operationType: 'Read', id: 'none', partitionKey: '["a"]' },
        {
          operationType: 'Upsert',
          partitionKey: '["b"]',
          resourceBody: { id: 'b1', tenantId: 'b', size: 0 },
        },
      ],
    },
    { status: 207, json: [{ statusCode: 404 }, { statusCode: 201, eTag: expect.any(String) }] },
  ],
  'Java: the key ranges, as a feed of their changes': [
    {
      method: 'GET',
      path: '/pkranges',
      headers: { 'a-im': 'Incremental Feed', 'x-ms-max-item-count': '-1' },
    },
    {
      status: 200,
      json: { PartitionKeyRanges: [{ id: '0', minInclusive: '', maxExclusive: 'FF' }] },
      headers: { etag: expect.any(String) },
    },
  ],
  'Go: a query by its own name for it': [
    {
      method: 'POST',
      path: '/docs',
      headers: { ...query, ...ofA, 'x-ms-documentdb-query': 'True' },
      body: { query: sizes, parameters },
    },
    { status: 200, json: { Documents: [3, 2] } },
  ],
  'Go: a write answered without content': [
    {
      method: 'POST',
      path: '/docs',
      headers: { ...ofA, prefer: 'return=minimal', 'x-ms-documentdb-is-upsert': 'true' },
      body: { id: 'a5', tenantId: 'a', size: 0 },
    },
    {
      status: 201,
      json: undefined,
      headers: { etag: expect.any(String), 'x-ms-session-token': expect.any(String) },
    },
  ],
  'Rust: a read of a container with its usage': [
    { method: 'GET', path: '', headers: { 'x-ms-documentdb-populatequotainfo': 'True' } },
    { status: 200, headers: { 'x-ms-resource-usage': expect.stringContaining('documentsCount=') } },
  ],
}

/** How each SDK writes the signature into its header. */
const signatures: Record<string, (token: string) => string> = {
  'Python: quoted, small letters left alone': (token) => encodeURIComponent(token),
  '.NET: in small hexadecimal': (token) =>
    encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase()),
  'Go and Java: as a form': (token) => new URLSearchParams({ token }).toString().slice('token='.length),
}

describe('what SDKs of other languages send', () => {
  let context: ContractContext
  let path: string
  beforeAll(async () => {
    context = await openContext()
    const container = await context.makeContainer()
    path = pathOf(container)
    for (const size of [1, 2, 3]) await container.items.create({ id: `a${size}`, tenantId: 'a', size })
  })
  afterAll(async () => context[Symbol.asyncDispose]())

  async function send({ method, path: rest, headers = {}, body }: Dialect): Promise<RawAnswer> {
    const whole = rest.startsWith('/offers') ? rest : `${path}${rest}`
    return context.send(method, whole, {
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  it.each(Object.entries(dialects))('%s', async (_, [request, expected]) => {
    const { status, json, headers } = await send(request)

    expect({ status, json, headers }).toMatchObject(expected)
  })

  it.each(Object.entries(signatures))('a signature is read as it is written: %s', async (_, write) => {
    const signed = signature(context.account.key, 'GET', { type: 'dbs', link: '' })
    const authorization = write(decodeURIComponent(signed.authorization))

    const answer = await sendSigned(context.account, 'GET', '/dbs', {
      isUnsigned: true,
      headers: { ...signed, authorization },
    })

    expect(answer.status).toBe(200)
  })

  it('direct mode is refused by name, and not as a wrong key', async () => {
    const answer = await sendSigned(
      context.account,
      'GET',
      '/addresses/?$resolveFor=dbs&$filter=protocol%20eq%20rntbd',
    )

    expect([answer.status, answer.text]).toEqual([501, expect.stringContaining('ConnectionMode.Gateway')])
  })

  it('links by resource id are signed by that id alone, in small letters', async () => {
    const { json } = await context.send('GET', path)
    const { _rid: rid, _self: self } = json as { _rid: string; _self: string }
    const link = rid.toLowerCase()

    const container = await context.send('GET', `/${self}`, { signs: { type: 'colls', link } })
    const ranges = await context.send('GET', `/${self}pkranges`, { signs: { type: 'pkranges', link } })

    expect([container.status, ranges.status]).toEqual([200, 200])
  })

  it('the account tells what all of them read', async () => {
    const { json } = await context.send('GET', '/')

    expect(json).toMatchObject({
      _dbs: '//dbs/',
      media: '//media/',
      addresses: '//addresses/',
      writableLocations: [{ name: expect.any(String), databaseAccountEndpoint: expect.any(String) }],
      readableLocations: [{ name: expect.any(String), databaseAccountEndpoint: expect.any(String) }],
      enableMultipleWriteLocations: false,
      userReplicationPolicy: { minReplicaSetSize: expect.any(Number), maxReplicasetSize: expect.any(Number) },
      systemReplicationPolicy: {
        minReplicaSetSize: expect.any(Number),
        maxReplicasetSize: expect.any(Number),
      },
      userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
      readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    })
    const { queryEngineConfiguration } = json as { queryEngineConfiguration: string }
    expect(JSON.parse(queryEngineConfiguration)).toMatchObject({ sqlAllowTop: true, maxJoinsPerSqlQuery: 10 })
  })
})
