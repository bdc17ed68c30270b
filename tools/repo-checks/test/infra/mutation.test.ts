import { describe, expect, it } from '@jest/globals'

import { checkSnapshot } from '../../src/infra/check-snapshot.ts'
import { readDeclarations } from '../../src/infra/declarations.ts'
import { parameterSets, readSnapshot, resourcesOf } from '../../src/infra/snapshot.ts'
import { mutantsOf } from './mutants.ts'

const declarations = readDeclarations()

describe.each(parameterSets)('the %s snapshot', (set) => {
  const snapshot = readSnapshot(set)

  it('with anything missing, too much or left open, is found out by a sentence that names it', () => {
    const before = new Set(checkSnapshot(set, snapshot, declarations))
    const watched = resourcesOf(snapshot, 'Microsoft.Insights/components').length > 0
    const mutants = mutantsOf(set, snapshot).filter(
      ({ title }) => watched || !title.includes('Metrics Publisher'),
    )

    const survivors = mutants
      .map((mutant) => ({
        ...mutant,
        findings: checkSnapshot(set, mutant.snapshot, declarations).filter((finding) => !before.has(finding)),
      }))
      .filter(({ names, findings }) => !findings.some((text) => names.every((name) => text.includes(name))))
      .map(({ title, names, findings }) => ({ title, names, findings: findings.slice(0, 3) }))

    console.log(`${set}: ${mutants.length} mutants, ${survivors.length} not found out`)
    expect(mutants.length).toBeGreaterThan(300)
    expect(survivors).toEqual([])
  })
})
