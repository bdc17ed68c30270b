import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, it } from '@jest/globals'

import { compareStarts } from './start-times.ts'

const folder = mkdtempSync(join(tmpdir(), 'zoetrope-start-times-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('compares a start with the last one from the other kind of apps', () => {
  expect(compareStarts(folder, 'sources', 3210)).toBe('')
  expect(compareStarts(folder, 'sources', 3010)).toBe('')
  expect(compareStarts(folder, 'packages', 2100)).toBe(
    'The stack alone: 2.1 s from packages; the last time from sources 3.0 s',
  )
})
