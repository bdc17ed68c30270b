import { describe, expect, it } from '@jest/globals'

import { checkSnapshot } from '../../src/infra/check-snapshot.ts'
import { readDeclarations } from '../../src/infra/declarations.ts'
import { parameterSets, readSnapshot } from '../../src/infra/snapshot.ts'
import { mutantsOf } from './mutants.ts'

const declarations = readDeclarations()

describe.each(parameterSets)('the %s snapshot', (set) => {
  const snapshot = readSnapshot(set)

  it('is what the apps declare', () => {
    expect(checkSnapshot(set, snapshot, declarations)).toEqual([])
  })

  it('with anything missing, too much or left open, is found out by a sentence that names it', () => {
    const before = new Set(checkSnapshot(set, snapshot, declarations))
    // The sets differ little: all mutants of one, and a part of those of the others.
    const mutants = mutantsOf(set, snapshot).filter((_, index) => set === 'prod' || index % 4 === 0)

    const survivors = mutants
      .map((mutant) => ({
        ...mutant,
        findings: checkSnapshot(set, mutant.snapshot, declarations).filter((finding) => !before.has(finding)),
      }))
      .filter(({ names, findings }) => !findings.some((text) => names.every((name) => text.includes(name))))
      .map(({ title, names, findings }) => ({ title, names, findings: findings.slice(0, 3) }))

    console.log(`${set}: ${mutants.length} mutants, ${survivors.length} not found out`)
    expect(mutants.length).toBeGreaterThan(200)
    expect(survivors).toEqual([])
  })
})
