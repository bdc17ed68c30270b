import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from '@jest/globals'

import { repoRoot } from '../src/repo-root.ts'

const read = (path: string): string => readFileSync(join(repoRoot, path), 'utf8')
const { metrics } = JSON.parse(read('apps/resources.json')) as {
  metrics: { name: string; dimensions: string[] }[]
}
const { items } = JSON.parse(read('infra/workbooks/operations.json')) as {
  items: { name: string; content: { query?: string } }[]
}
const queries = items.flatMap(({ name, content }) => (content.query ? [{ name, query: content.query }] : []))

it('shows every metric that the apps record, and no other', () => {
  const shown = queries.flatMap(({ query }) =>
    [...query.matchAll(/Metric == '([^']+)'/g)].map(([, name]) => name),
  )

  expect(new Set(shown)).toEqual(new Set(metrics.map(({ name }) => name)))
})

it.each(queries)('asks of a metric only for its dimensions: $name', ({ query }) => {
  // A query over two metrics has a part for each, parted by a semicolon.
  for (const part of query.split(';')) {
    const metric = /Metric == '([^']+)'/.exec(part)?.[1]
    const asked = [...part.matchAll(/Dimensions\.(\w+)/g)].map(([, dimension]) => dimension)

    expect(metrics.find(({ name }) => name === metric)?.dimensions ?? []).toEqual(
      expect.arrayContaining(asked),
    )
  }
})
