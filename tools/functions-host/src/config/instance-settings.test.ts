import { describe, expect, it } from '@jest/globals'

import { parseInstanceRange, readInstanceSettings } from './instance-settings.ts'

describe('the number of instances', () => {
  it.each([
    ['1', 1, 1],
    ['3', 3, 3],
    ['0-5', 0, 5],
    [' 2 - 100 ', 2, 100],
    ['4-4', 4, 4],
  ])('"%s" is from %d to %d', (text, least, most) => {
    expect(parseInstanceRange(text, '--instances')).toEqual({ least, most })
  })

  it.each(['0', '0-0', '5-2', '101', '-1', 'many', '', '1.5', '1-2-3'])('cannot be "%s"', (text) => {
    expect(() => parseInstanceRange(text, '--instances')).toThrow(`--instances is "${text}": use`)
  })
})

describe('the settings of instances', () => {
  it('are one instance, replaced when it hangs for half a minute, by default', () => {
    const settings = { least: 1, most: 1, idleMs: 30_000, hangMs: 30_000, httpConcurrency: 16 }
    expect(readInstanceSettings({})).toEqual(settings)
    expect(readInstanceSettings({ FUNCTIONS_HOST_INSTANCES: '' })).toEqual(settings)
  })

  it('are read', () => {
    const settings = {
      FUNCTIONS_HOST_INSTANCES: '0-4',
      FUNCTIONS_HOST_IDLE_SECONDS: '0.5',
      FUNCTIONS_HOST_HANG_SECONDS: '120',
      FUNCTIONS_HTTP_CONCURRENCY: '1',
    }
    expect(readInstanceSettings(settings)).toEqual({
      least: 0,
      most: 4,
      idleMs: 500,
      hangMs: 120_000,
      httpConcurrency: 1,
    })
  })

  it.each([
    ['FUNCTIONS_HOST_INSTANCES', 'all'],
    ['FUNCTIONS_HOST_IDLE_SECONDS', '0'],
    ['FUNCTIONS_HOST_IDLE_SECONDS', 'soon'],
    ['FUNCTIONS_HOST_HANG_SECONDS', '-3'],
    ['FUNCTIONS_HOST_HANG_SECONDS', '1e9'],
    ['FUNCTIONS_HTTP_CONCURRENCY', '0'],
    ['FUNCTIONS_HTTP_CONCURRENCY', '1.5'],
  ])('%s cannot be "%s"', (name, text) => {
    expect(() => readInstanceSettings({ [name]: text })).toThrow(`The setting ${name} is "${text}"`)
  })
})
