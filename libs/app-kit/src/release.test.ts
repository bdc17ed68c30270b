import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from '@jest/globals'

import { readRelease } from './release.ts'

const folder = mkdtempSync(join(tmpdir(), 'zoetrope-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('readRelease', () => {
  it('tells the version of the package that it lies in', () => {
    writeFileSync(join(folder, 'package.json'), '{"version":"0.1.0+0123456789ab"}')

    expect(readRelease(folder)).toEqual({ version: '0.1.0+0123456789ab' })
  })

  it('calls sources what they are', () => {
    expect(readRelease(import.meta.dirname)).toEqual({ version: 'source' })
  })
})
