import { describe, expect, it } from '@jest/globals'

import { toHostId } from './host-id.ts'

describe('the id of a host', () => {
  it.each([
    ['/apps/api', /^api-[0-9a-f]{8}$/],
    ['/apps/My_App.v2', /^my-app-v2-[0-9a-f]{8}$/],
    ['/apps/a-very-long-name-of-a-folder', /^a-very-long-name-of-[0-9a-f]{8}$/],
    ['/apps/übung--', /^bung-[0-9a-f]{8}$/],
    ['/apps/…', /^[0-9a-f]{8}$/],
  ])('of %s is part of a name that every queue can have', (directory, expected) => {
    expect(toHostId(directory, undefined)).toMatch(expected)
  })

  it('differs between folders of one name', () => {
    expect(toHostId('/a/app', undefined)).not.toBe(toHostId('/b/app', undefined))
  })

  it('is the one that is given, in lower case', () => {
    expect(toHostId('/apps/api', 'My-Host')).toBe('my-host')
  })

  it.each(['', 'a_b', '-a', 'a--b', 'x'.repeat(33)])('cannot be %j', (given) => {
    expect(() => toHostId('/apps/api', given)).toThrow('AzureFunctionsWebHost__hostid')
  })
})
