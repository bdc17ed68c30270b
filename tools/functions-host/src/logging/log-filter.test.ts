import { describe, expect, it } from '@jest/globals'

import { makeLogFilter, readLogRules, readLogSettings } from './log-filter.ts'

const defaults = { user: 'info', functions: 'info', host: 'warning' } as const

describe('what is shown of the log', () => {
  it.each([
    ['the host below its default', {}, 'info', 'Host.General', false],
    ['the host at its default', {}, 'warning', 'Host.General', true],
    ['runs of functions', {}, 'info', 'Function.a', true],
    ['code of functions', {}, 'info', 'Function.a.User', true],
    ['code of functions below', {}, 'debug', 'Function.a.User', false],
    ['what a custom handler prints', {}, 'info', 'Host.Function.Console', true],
    ['start and reload, whatever the default', {}, 'info', 'Host.Lifecycle', true],
    [
      'start and reload, unless a rule is for them',
      { 'Host.Lifecycle': 'Error' },
      'info',
      'Host.Lifecycle',
      false,
    ],
    ['default of host.json', { default: 'Error' }, 'warning', 'Function.a', false],
    ['default in any case', { Default: 'debug' }, 'debug', 'Host.General', true],
    ['a category before default', { default: 'None', Function: 'Debug' }, 'debug', 'Function.a.User', true],
    ['the longest category', { Function: 'Error', 'Function.a': 'Trace' }, 'trace', 'Function.a.User', true],
    [
      'the longest, whatever the order',
      { 'Function.a': 'Trace', Function: 'Error' },
      'info',
      'Function.b',
      false,
    ],
    ['a category in another case', { 'function.A': 'None' }, 'critical', 'Function.a', false],
    ['a category with a star', { 'Host.*': 'Trace' }, 'trace', 'Host.General', true],
  ] as const)('%s', (_case, logLevel, level, category, isShown) => {
    const filter = makeLogFilter(readLogRules({ logLevel }, 'host.json'), defaults)

    expect(filter(level, category)).toBe(isShown)
  })

  it.each([
    [
      { logLevel: { default: 'Loud' } },
      'host.json: logging.logLevel.default: "Loud" is no log level. Use Trace,',
    ],
    [{ logLevel: 'Debug' }, 'host.json: "logging.logLevel" must be an object'],
  ])('names a level that is none: %j', (logging, message) => {
    expect(() => readLogRules(logging, 'host.json')).toThrow(message)
  })

  it('may be asked for by settings', () => {
    const settings = { logging__logLevel__Worker: 'debug', 'Logging:LogLevel:Host': 'Error', other: 'x' }
    expect(readLogSettings(settings)).toEqual({ Worker: 'debug', Host: 'error' })
    expect(() => readLogSettings({ logging__logLevel__Worker: 'Loud' })).toThrow(
      'The setting logging__logLevel__Worker: "Loud" is no log level',
    )
  })
})
