import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const library = import.meta.resolve('@azure/functions')

/** A folder with an app of one file. */
function makeApp(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-app-'))
  const all = {
    'host.json': '{ "version": "2.0" }',
    'package.json': '{ "type": "module", "main": "index.js" }',
    ...files,
  }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  return folder
}

const app = (body: string): Record<string, string> => ({
  'index.js': `import functions from '${library}'\nconst { app, input, output } = functions\n${body}`,
})

/** What the host says when it cannot start this app. */
async function refusalOf(files: Readonly<Record<string, string>>): Promise<string> {
  try {
    await using host = await RunningHost.start({ [makeApp(files)]: {} })
    return `It started: ${host.log}`
  } catch (error) {
    return (error as Error).message
  }
}

describe('a host that cannot start an app', () => {
  it.each([
    ['host.json that is no JSON', { 'host.json': '{' }, 'host.json is not valid JSON'],
    ['host.json of another version', { 'host.json': '{"version":"1.0"}' }, '"version" must be "2.0"'],
    ['a missing entry point', {}, '"main" is "index.js", and no file is there'],
    [
      'an entry point that throws',
      { 'index.js': 'throw new Error("broken at line one")' },
      'Worker was unable to load entry point "index.js": broken at line one',
    ],
    [
      'a route constraint that does not exist',
      app(`app.http('x', { route: 'a/{b:colour}', handler() {} })`),
      'Function "x": The route "api/a/{b:colour}" has a constraint that does not exist',
    ],
  ])('names %s', async (_case, files, message) => {
    expect(await refusalOf(files)).toContain(message)
  })
})

describe('a function that this host cannot run', () => {
  it.each([
    [
      'a trigger that is not built',
      `app.serviceBusQueue('bad', { queueName: 'q', connection: 'C', handler() {} })`,
      `The 'bad' function is in error and left out: The trigger "serviceBusTrigger" is not built`,
    ],
    [
      'a binding that is not built',
      `app.http('bad', { extraInputs: [input.sql({ commandText: 'x', connectionStringSetting: 'C' })], handler() {} })`,
      `The 'bad' function is in error and left out: The input binding "sql" is not built`,
    ],
    [
      'a setting that is missing',
      `app.storageQueue('bad', { queueName: '%QUEUE%', connection: 'Storage', handler() {} })`,
      '%QUEUE% names a setting that is not set',
    ],
    [
      'a connection that is missing, beside a queue function that is sound',
      `app.storageQueue('bad', { queueName: 'items', connection: 'Nowhere', handler() {} })
       app.storageQueue('fine', { queueName: 'items', connection: 'Set', handler() {} })`,
      `The 'bad' function is in error and left out: The connection "Nowhere" is not set: set Nowhere to a connection string, or Nowhere__queueServiceUri`,
    ],
    [
      'a connection to storage that cannot be read',
      `app.storageQueue('bad', { queueName: 'items', connection: 'Broken', handler() {} })`,
      `The 'bad' function is in error and left out: The connection "Broken" is no connection string that can be used: Invalid`,
    ],
    [
      'a connection to Cosmos DB that cannot be read',
      `app.cosmosDB('bad', { databaseName: 'd', containerName: 'c', connection: 'Broken', handler() {} })`,
      `The 'bad' function is in error and left out: The connection "Broken" is no connection string that can be used: Invalid`,
    ],
    [
      'a schedule that is none',
      `app.timer('bad', { schedule: 'now and then', handler() {} })`,
      'Function "bad": "now and then" is no schedule',
    ],
    [
      'a route that another one has',
      `app.http('also', { methods: ['GET', 'PUT'], route: 'Twice', handler() {} })
       app.http('bad', { methods: ['PUT'], route: 'twice', handler() {} })`,
      `The 'bad' function is in error and left out: its route and a method of it belong to 'also'`,
    ],
    [
      'a name that Azure does not take',
      `app.http('b a d', { route: 'bad', handler() {} })`,
      `The 'b a d' function is in error and left out: 'b a d' is not a valid function name`,
    ],
    [
      "a route that is the host's own",
      `app.http('bad', { route: 'administrators', handler() {} })`,
      `The 'bad' function is in error and left out: its route begins with "admin" or "runtime"`,
    ],
  ])('for %s is named and left out, the others run', async (_case, code, message) => {
    const folder = makeApp(app(`${code}\napp.http('good', { handler: () => ({ body: 'good' }) })`))
    await using host = await RunningHost.start({
      [folder]: {
        Set: 'UseDevelopmentStorage=true',
        Broken: 'AccountEndpoint=nowhere;QueueEndpoint=nowhere;AccountName=a;AccountKey=c2VjcmV0',
      },
    })
    const url = host.url(folder.split('/').at(-1) ?? '')

    expect(host.log).toContain(message)
    expect(host.log).not.toContain(`The 'fine' function`)
    expect(host.log).not.toContain('c2VjcmV0')
    expect(await (await fetch(`${url}/api/good`)).text()).toBe('good')
    expect((await fetch(`${url}/api/bad`)).status).toBe(404)
  })
})

describe('an app of several files', () => {
  it('is loaded from the top, as one that instruments the library needs', async () => {
    const say = (name: string): string => `console.log('loaded ${name}')`
    using folder = new AppFolder(say('index'), {
      'package.json': '{ "type": "module", "main": "{index.js,functions/*.js}" }',
      'functions/b.js': say('b'),
      'functions/a.js': say('a'),
    })
    await using host = await RunningHost.start({ [folder.path]: {} })
    const loaded = await until(() => {
      const names = [...host.log.matchAll(/loaded (\w+)/g)].map(([, name]) => name)
      return names.length === 3 ? names : undefined
    })
    expect(loaded).toEqual(['index', 'a', 'b'])
  })
})

describe('a host that asks for keys', () => {
  it('opens functions to their level, and the admin door to the master key', async () => {
    const folder = makeApp(
      app(`
      app.http('open', { authLevel: 'anonymous', handler: () => ({ body: 'x' }) })
      app.http('guarded', { authLevel: 'function', handler: () => ({ body: 'x' }) })
      app.http('private', { authLevel: 'admin', handler: () => ({ body: 'x' }) })`),
    )
    const value = (text: string): { name: string; value: string } => ({ name: 'default', value: text })
    const secrets = mkdtempSync(join(tmpdir(), 'functions-host-keys-'))
    writeFileSync(
      join(secrets, 'host.json'),
      JSON.stringify({ masterKey: value('m'), functionKeys: [value('f')], systemKeys: [] }),
    )
    await using host = await RunningHost.start(
      { [folder]: { FUNCTIONS_SECRETS_PATH: secrets } },
      '--enableAuth',
    )
    const url = host.url(folder.split('/').at(-1) ?? '')
    const statusOf = async (path: string, key?: string): Promise<number> =>
      (await fetch(url + path, key ? { headers: { 'x-functions-key': key } } : {})).status

    expect(await statusOf('/api/open')).toBe(200)
    expect(
      await Promise.all([undefined, 'wrong', 'f', 'm'].map((key) => statusOf('/api/guarded', key))),
    ).toEqual([401, 401, 200, 200])
    expect(await statusOf('/api/guarded?code=f')).toBe(200)
    expect(await Promise.all(['f', 'm'].map((key) => statusOf('/api/private', key)))).toEqual([401, 200])
    expect(
      await Promise.all([undefined, 'f', 'm'].map((key) => statusOf('/admin/host/status', key))),
    ).toEqual([401, 403, 200])
  })
})
