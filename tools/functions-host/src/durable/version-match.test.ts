import { describe, expect, it } from '@jest/globals'
import { compareVersions, versionMismatch } from './version-match.ts'

describe('versions', () => {
  it.each([
    ['1.0.0', '1.0.0', 0],
    ['1.10', '1.9', 1],
    ['1.0', '1.0.0', -1],
    ['2', '1', 1],
    ['', '1', -1],
    ['1', ' ', 1],
    ['', '', 0],
    ['Beta', 'alpha', 1],
    ['RC', 'rc', 0],
    ['1.0-rc', '1.0', 1],
  ])('orders %j and %j', (one, other, sign) => {
    expect(Math.sign(compareVersions(one, other))).toBe(sign)
  })

  it('match by the strategy', () => {
    const newer = { orchestration: '3.0', app: '2.0' }
    const older = { orchestration: '', app: '2.0' }
    expect(versionMismatch('none', newer)).toBeUndefined()
    expect(versionMismatch('currentorolder', older)).toBeUndefined()
    expect(versionMismatch('currentorolder', newer)).toContain("'3.0', and this app runs '2.0' and older")
    expect(versionMismatch('strict', older)).toContain("'', and this app runs '2.0' only")
    expect(versionMismatch('strict', { orchestration: '2.0', app: '2.0' })).toBeUndefined()
  })
})
