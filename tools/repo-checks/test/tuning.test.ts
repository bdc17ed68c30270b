import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { functionAppNames } from '../src/generated-files.ts'
import { repoRoot } from '../src/repo-root.ts'

/** What says which schema or which bundle, and nothing about speed. */
const notTuned = new Set(['version', 'extensionBundle.version'])
const page = readFileSync(join(repoRoot, 'docs', 'operations', 'tuning.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.split('|').map((cell) => cell.trim()))
const told = rows.map(([, app, number, value]) => `${app} ${number} = ${value}`)
const set = functionAppNames().flatMap((app) =>
  numbersOf(JSON.parse(readFileSync(join(repoRoot, 'apps', app, 'host.json'), 'utf8'))).map(
    ([path, value]) => `${app} ${path} = ${value}`,
  ),
)

/** Every value that holds a digit, with its path. */
function numbersOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, path ? `${path}.${key}` : key))
  return /\d/.test(String(value)) && !notTuned.has(path) ? [[path, String(value)]] : []
}

describe('docs/operations/tuning.md', () => {
  it('tells every number of every host.json, and no other', () => {
    expect(set.length).toBeGreaterThan(20)
    expect(told.toSorted()).toEqual(set.toSorted())
  })

  it('says why of each', () => {
    for (const [, app, number, , why = ''] of rows) expect(`${app} ${number}: ${why}`).toMatch(/: .{20,}/)
  })
})
