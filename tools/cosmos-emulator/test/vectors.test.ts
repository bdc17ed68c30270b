import { describe, expect, it } from '@jest/globals'

import { openContainer, statusOf } from './open-container.ts'
import type { OpenedContainer } from './open-container.ts'

const embedding = (distanceFunction: string, more: object = {}) => ({
  path: '/place/vector',
  dataType: 'float32',
  dimensions: 2,
  distanceFunction,
  ...more,
})

/** Five documents, four of them with vectors; `near` is the most like [1, 0] whatever the measure. */
async function filled(distanceFunction: string): Promise<OpenedContainer> {
  const opened = await openContainer({
    vectorEmbeddingPolicy: { vectorEmbeddings: [embedding(distanceFunction)] },
    indexingPolicy: { vectorIndexes: [{ path: '/place/vector', type: 'flat' }] },
  } as never)
  const vectors = { far: [-1, 0], near: [1, 0], side: [0, 1], slant: [0.5, 0.5], none: undefined }
  for (const [id, vector] of Object.entries(vectors))
    await opened.container.items.create({ id, tenantId: id, place: { ...(vector && { vector }) } })
  return opened
}

const ordered = `SELECT TOP 3 c.id, VectorDistance(c.place.vector, @v) AS score FROM c ORDER BY VectorDistance(c.place.vector, @v)`
const parameters = [{ name: '@v', value: [1, 0] }]

describe('a search by vectors', () => {
  it.each([
    [
      'cosine',
      [
        ['near', 1],
        ['slant', Math.SQRT1_2],
        ['side', 0],
      ],
    ],
    [
      'dotproduct',
      [
        ['near', 1],
        ['slant', 0.5],
        ['side', 0],
      ],
    ],
    [
      'euclidean',
      [
        ['near', 0],
        ['slant', Math.SQRT1_2],
        ['side', Math.SQRT2],
      ],
    ],
  ])('gives the most like first, by the measure of the container: %s', async (distanceFunction, expected) => {
    await using opened = await filled(distanceFunction)
    const found = async (options: object): Promise<[string, number][]> => {
      const { resources } = await opened.container.items
        .query<{ id: string; score: number }>({ query: ordered, parameters }, options)
        .fetchAll()
      return resources.map(({ id, score }) => [id, score])
    }

    const exact = expected.map(([id, score]) => [id, expect.closeTo(score as number, 9)])
    expect(await found({})).toEqual(exact)
    expect(await found({ forceQueryPlan: true })).toEqual(exact)
  })

  it('leaves out documents without a vector, and goes on page by page', async () => {
    await using opened = await filled('cosine')
    const query = 'SELECT VALUE c.id FROM c ORDER BY VectorDistance(c.place.vector, [1, 0], true)'
    const iterator = opened.container.items.query(query, { maxItemCount: 3 })

    const pages = [await iterator.fetchNext(), await iterator.fetchNext()]

    expect(pages.map(({ resources }) => resources)).toEqual([['near', 'slant', 'side'], ['far']])
  })

  it('takes another measure where the query names one', async () => {
    await using opened = await filled('cosine')
    const query = `SELECT TOP 1 VALUE c.id FROM c WHERE c.id != "near" ORDER BY VectorDistance(c.place.vector, [0, 3], false, {distanceFunction: "euclidean"})`

    expect((await opened.container.items.query(query).fetchAll()).resources).toEqual(['side'])
  })
})

describe('the policies of a container', () => {
  it('for vectors, texts and shapes are kept as they were given', async () => {
    const policies = {
      vectorEmbeddingPolicy: { vectorEmbeddings: [embedding('cosine')] },
      fullTextPolicy: { defaultLanguage: 'en-US', fullTextPaths: [{ path: '/text', language: 'en-US' }] },
      geospatialConfig: { type: 'Geometry' },
    }
    await using opened = await openContainer({
      ...policies,
      indexingPolicy: {
        vectorIndexes: [{ path: '/place/vector', type: 'quantizedFlat' }],
        fullTextIndexes: [{ path: '/text' }],
      },
    } as never)

    const { resource } = await opened.container.read()

    expect(resource).toMatchObject({
      ...policies,
      indexingPolicy: {
        vectorIndexes: [{ path: '/place/vector', type: 'quantizedFlat' }],
        fullTextIndexes: [{ path: '/text' }],
      },
    })
  })

  const vectors = (...vectorEmbeddings: object[]) => ({ vectorEmbeddingPolicy: { vectorEmbeddings } })
  it.each([
    ['an unknown measure', vectors(embedding('manhattan'))],
    ['an unknown type', vectors(embedding('cosine', { dataType: 'float8' }))],
    ['no dimensions', vectors(embedding('cosine', { dimensions: 0 }))],
    ['a path twice', vectors(embedding('cosine'), embedding('cosine'))],
    ['a path without a slash', vectors(embedding('cosine', { path: 'vector' }))],
    ['no list', { vectorEmbeddingPolicy: { vectorEmbeddings: {} } }],
    ['an index of no vector', { indexingPolicy: { vectorIndexes: [{ path: '/v', type: 'flat' }] } }],
    [
      'an index of an unknown type',
      {
        ...vectors(embedding('cosine')),
        indexingPolicy: { vectorIndexes: [{ path: '/place/vector', type: 'tree' }] },
      },
    ],
    ['an index of no text', { indexingPolicy: { fullTextIndexes: [{ path: '/text' }] } }],
    ['a text without a path', { fullTextPolicy: { fullTextPaths: [{}] } }],
    ['a wildcard in a text', { fullTextPolicy: { fullTextPaths: [{ path: '/texts/[]' }] } }],
    [
      'a text in an unknown language',
      { fullTextPolicy: { fullTextPaths: [{ path: '/t', language: 'xx-XX' }] } },
    ],
    ['an unknown default language', { fullTextPolicy: { defaultLanguage: 'xx-XX', fullTextPaths: [] } }],
    ['shapes on neither earth nor plane', { geospatialConfig: { type: 'Sphere' } }],
  ])('are refused for %s', async (_, policies) => {
    await using opened = await openContainer()

    const making = opened.database.containers.create({
      id: 'other',
      partitionKey: '/tenantId',
      ...policies,
    } as never)

    expect(await statusOf(making as never)).toBe(400)
  })
})
