import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'

import type { AppConfig } from './app-config.ts'
import type { AppSettings } from './app-settings.ts'
import { readAppConfig } from './app-config.ts'

const root = mkdtempSync(join(tmpdir(), 'functions-host-config-'))
afterAll(() => rmSync(root, { recursive: true }))

let folders = 0
function read(host: string, more: { local?: string; settings?: AppSettings } = {}): AppConfig {
  folders += 1
  const folder = join(root, `app-${folders}`)
  mkdirSync(folder)
  writeFileSync(join(folder, 'host.json'), host)
  if (more.local !== undefined) writeFileSync(join(folder, 'local.settings.json'), more.local)
  return readAppConfig(folder, more.settings ?? {})
}

describe('host.json', () => {
  it('may hold comments, commas behind the last item and a byte order mark, but not in texts', () => {
    const config = read(`\uFEFF{
      // the version
      "Version": "2.0", /* and
      more */ "extensions": { "HTTP": { "routePrefix": "a//b/*c*/,}" , }, },
    }`)
    expect(config.http.routePrefix).toBe('a//b/*c*/,}')
  })

  it('has defaults for what it does not say', () => {
    expect(read('{"version":"2.0"}')).toMatchObject({
      functionTimeoutMs: 1_800_000,
      http: {
        routePrefix: 'api',
        maxOutstandingRequests: Number.POSITIVE_INFINITY,
        maxConcurrentRequests: Number.POSITIVE_INFINITY,
        customHeaders: {},
        maxBodyBytes: 104_857_600,
      },
      onlyFunctions: undefined,
    })
  })

  it('takes what is for other hosts', () => {
    const host = {
      version: '2.0',
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' },
      logging: { applicationInsights: { samplingSettings: { isEnabled: true } } },
      healthMonitor: { enabled: true },
      watchDirectories: ['shared'],
    }
    expect(() => read(JSON.stringify(host))).not.toThrow()
  })

  it('is overridden by settings, property by property, whatever their case', () => {
    const config = read('{"version":"2.0","extensions":{"queues":{"batchSize":1,"maxDequeueCount":3}}}', {
      settings: {
        AzureFunctionsJobHost__extensions__queues__BatchSize: '4',
        AzureFunctionsJobHost__extensions__http__routePrefix: 'v2',
        AzureFunctionsJobHost__extensions__http__customHeaders__x_y: 'z',
        AzureFunctionsJobHost__functionTimeout: '00:00:05',
        AzureFunctionsJobHost__functions__0: 'a',
        AzureFunctionsJobHost__functions__1: 'b',
        AzureFunctionsJobHost__logging__logLevel__default: 'Error',
      },
    })
    expect(config.extensions['queues']).toEqual({ batchSize: 4, maxDequeueCount: 3 })
    expect(config.http).toMatchObject({ routePrefix: 'v2', customHeaders: { x_y: 'z' } })
    expect(config).toMatchObject({
      functionTimeoutMs: 5000,
      onlyFunctions: ['a', 'b'],
      logRules: { default: 'error' },
    })
  })

  it.each([
    ['"-1"', Number.POSITIVE_INFINITY],
    ['-1', Number.POSITIVE_INFINITY],
    ['"00:05"', 300_000],
    ['"00:00:01.5"', 1500],
    ['"1.00:00:00"', 86_400_000],
  ])('gives functions a time-out of %s', (timeout, timeoutMs) => {
    expect(read(`{"version":"2.0","functionTimeout":${timeout}}`).functionTimeoutMs).toBe(timeoutMs)
  })

  it('gives a nested and an empty route prefix without slashes at its ends', () => {
    const prefixOf = (routePrefix: string): string =>
      read(JSON.stringify({ version: '2.0', extensions: { http: { routePrefix } } })).http.routePrefix
    expect(['', '/', '/a/b/'].map(prefixOf)).toEqual(['', '', 'a/b'])
  })

  it('counts the age of HSTS in days, or as a time span', () => {
    const valueOf = (hsts: object): string | undefined =>
      read(JSON.stringify({ version: '2.0', extensions: { http: { hsts } } })).http.hsts?.value
    expect(valueOf({ isEnabled: false })).toBeUndefined()
    expect(valueOf({ isEnabled: true })).toBe('max-age=2592000')
    expect(valueOf({ isEnabled: true, maxAge: '10', preload: true })).toBe('max-age=864000; preload')
    expect(valueOf({ isEnabled: true, maxAge: '01:00:00', includeSubDomains: true })).toBe(
      'max-age=3600; includeSubDomains',
    )
  })

  it.each([
    ['{', 'host.json is not valid JSON'],
    ['[]', 'host.json must be an object, { ... }, not []'],
    ['{"version":2}', 'host.json: "version" must be "2.0"'],
    ['{"version":"2.0","functionTimeout":300}', 'functionTimeout is 300, which would be days'],
    ['{"version":"2.0","functionTimeout":"soon"}', 'functionTimeout: "soon" is no time span'],
    ['{"version":"2.0","functionTimeout":"00:00:00.5"}', 'the least is "00:00:01"'],
    [
      '{"version":"2.0","functions":"a"}',
      'host.json: functions must be a list of texts, ["...", "..."], not "a"',
    ],
    [
      '{"version":"2.0","extensions":{"http":7}}',
      'host.json: extensions.http must be an object, { ... }, not 7',
    ],
    [
      '{"version":"2.0","extensions":{"http":{"routePrefix":7}}}',
      'extensions.http.routePrefix must be text in quotes, not 7',
    ],
    [
      '{"version":"2.0","extensions":{"http":{"maxConcurrentRequests":"x"}}}',
      'extensions.http.maxConcurrentRequests must be a whole number of -1 or more, not "x"',
    ],
    ['{"version":"2.0","extensions":{"http":{"maxOutstandingRequests":0}}}', 'maxOutstandingRequests is 0'],
    [
      '{"version":"2.0","extensions":{"http":{"dynamicThrottlesEnabled":"yes"}}}',
      'extensions.http.dynamicThrottlesEnabled must be true or false, not "yes"',
    ],
    [
      '{"version":"2.0","extensions":{"http":{"customHeaders":{"a":{}}}}}',
      'extensions.http.customHeaders.a must be text in quotes',
    ],
    [
      '{"version":"2.0","extensions":{"http":{"customHeaders":{"a b":"c"}}}}',
      'extensions.http.customHeaders: "a b" cannot be a header',
    ],
    [
      '{"version":"2.0","extensions":{"http":{"customHeaders":{"a":"b\\nc"}}}}',
      'extensions.http.customHeaders: "a" cannot be a header',
    ],
    ['{"version":"2.0","retry":"fixedDelay"}', 'host.json: retry must be an object'],
  ])('%s is named with its place', (host, message) => {
    expect(() => read(host)).toThrow(message)
  })

  it.each([
    [
      { FUNCTIONS_WORKER_RUNTIME: 'python' },
      'FUNCTIONS_WORKER_RUNTIME is "python", but this host runs Node apps',
    ],
    [{ FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1 MB' }, 'it must be a number of bytes'],
    [{ MINE: 'a\0b' }, 'The setting "MINE" holds a NUL character'],
    [{ AzureFunctionsJobHost__version__x: '1' }, 'AzureFunctionsJobHost__version__x reaches into "version"'],
  ])('with the settings %j does not start', (settings, message) => {
    expect(() => read('{"version":"2.0"}', { settings })).toThrow(message)
  })

  it.each([
    ['customHandler', false],
    ['httpWorker', true],
  ])('with a custom handler under %s may be of any language', (section, isHttpWorker) => {
    const host = `{"version":"2.0","${section}":{"description":{"defaultExecutablePath":"python"}}}`
    const config = read(host, { settings: { FUNCTIONS_WORKER_RUNTIME: 'custom' } })
    expect(config).toMatchObject({ customHandler: expect.anything() as unknown, isHttpWorker })
  })

  it('takes customHandler where httpWorker is there too', () => {
    expect(read('{"version":"2.0","httpWorker":{"port":1},"customHandler":{"port":2}}')).toMatchObject({
      customHandler: { value: { port: 2 } },
      isHttpWorker: false,
    })
  })
})

describe('local.settings.json', () => {
  const local = (file: object, settings?: AppSettings): AppConfig =>
    read('{"version":"2.0"}', { local: JSON.stringify(file), ...(settings ? { settings } : {}) })

  it('gives settings as texts, which given ones override', () => {
    const { settings } = local({ Values: { A: 'a', B: 7, C: true, D: 'd', E: null } }, { D: 'given' })
    expect(settings).toMatchObject({ A: 'a', B: '7', C: 'true', D: 'given' })
    expect('E' in settings).toBe(false)
  })

  it('gives connection strings, with or without a provider', () => {
    const { settings } = local({
      ConnectionStrings: { A: 'one', B: { ConnectionString: 'two', ProviderName: 'System.Data.SqlClient' } },
    })
    expect(settings).toMatchObject({ 'ConnectionStrings:A': 'one', 'ConnectionStrings:B': 'two' })
  })

  it('gives port and origins', () => {
    const config = local({
      IsEncrypted: false,
      Host: { LocalHttpPort: 7100, CORS: 'https://a.example, https://b.example/', CORSCredentials: true },
    })
    expect(config.localPort).toBe(7100)
    expect(config.cors).toEqual({
      origins: ['https://a.example', 'https://b.example'],
      allowsCredentials: true,
    })
  })

  it.each([
    [{ IsEncrypted: true }, 'Decrypt it with "func settings decrypt"'],
    [{ Values: { A: {} } }, 'local.settings.json: Values.A must be text in quotes, not {}'],
    [{ Values: [] }, 'local.settings.json: Values must be an object'],
    [{ Host: { LocalHttpPort: 70_000 } }, 'Host.LocalHttpPort must be a whole number from 0 to 65535'],
    [{ Host: { CORS: ['*'] } }, 'Host.CORS must be text in quotes'],
    [{ Host: { CORS: '*', CORSCredentials: true } }, 'Host.CORS: browsers take no credentials along to "*"'],
    [{ Host: { CORS: 'a.example' } }, '"a.example" is no origin such as https://example.org'],
  ])('%j is named with its place', (file, message) => {
    expect(() => local(file)).toThrow(message)
  })
})
