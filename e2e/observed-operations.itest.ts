import { describe, expect, it } from '@jest/globals'

import { findDifferences } from './src/declared-operations.ts'
import { observeApps } from './src/observe-apps.ts'
import { observedFile, readDeclarations, readObserved } from './src/observed-operations.ts'

describe('what the apps do to storage and databases', () => {
  it('is what apps/observed-operations.json lists, and what each app declares', async () => {
    const seen = await observeApps()

    expect(findDifferences(seen, readObserved(observedFile), readDeclarations())).toEqual([])
  }, 400_000)
})
