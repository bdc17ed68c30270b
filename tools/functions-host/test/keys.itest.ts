import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningHost } from './running-host.ts'

jest.setTimeout(60_000)

const key = (name: string, value: string): object => ({ name, value, encrypted: false })
const secrets = mkdtempSync(join(tmpdir(), 'functions-host-keys-'))
writeFileSync(
  join(secrets, 'host.json'),
  JSON.stringify({
    masterKey: key('master', 'm'),
    functionKeys: [key('default', 'f')],
    systemKeys: [],
    hostName: 'kept.example',
  }),
)
writeFileSync(join(secrets, 'guarded.json'), JSON.stringify({ keys: [key('default', 'own')] }))

const app = new AppFolder(`
app.http('Guarded', { authLevel: 'function', handler: () => ({ body: 'x' }) })
app.http('other', { authLevel: 'function', handler: () => ({ body: 'x' }) })
app.http('off', { authLevel: 'anonymous', handler: () => ({ body: 'x' }) })
app.http('host', { authLevel: 'function', handler: () => ({ body: 'x' }) })
`)
let host: RunningHost
let url = ''
beforeAll(async () => {
  const settings = { FUNCTIONS_SECRETS_PATH: secrets, 'AzureWebJobs.off.Disabled': '1' }
  host = await RunningHost.start({ [app.path]: settings }, '--enableAuth')
  url = host.url(basename(app.path))
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  app[Symbol.dispose]()
  rmSync(secrets, { recursive: true })
})

interface KeyAnswer {
  readonly name: string
  readonly value: string
  readonly keys: readonly { name: string; value: string }[]
  readonly links: readonly { rel: string; href: string }[]
}

/** Manages keys with the master key, which is `m` until the last test. */
async function manage(
  method: string,
  path: string,
  value?: string,
): Promise<{ status: number; body: KeyAnswer | undefined; text: string }> {
  const answer = await fetch(`${url}/admin/${path}`, {
    method,
    headers: { 'x-functions-key': 'm', 'content-type': 'application/json' },
    ...(value === undefined ? {} : { body: value }),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  return { status: answer.status, text, body: isJson ? (JSON.parse(text) as KeyAnswer) : undefined }
}

const statusOf = async (path: string, functionKey: string): Promise<number> =>
  (await fetch(url + path, { headers: { 'x-functions-key': functionKey } })).status

describe('a function that is disabled', () => {
  it('is there for the master key alone', async () => {
    expect(await Promise.all(['none', 'f', 'm'].map((each) => statusOf('/api/off', each)))).toEqual([
      404, 404, 200,
    ])
    const answer = await fetch(`${url}/admin/functions`, { headers: { 'x-functions-key': 'm' } })
    const listed = (await answer.json()) as { name: string; isDisabled: boolean }[]
    expect(listed.filter(({ isDisabled }) => isDisabled).map(({ name }) => name)).toEqual(['off'])
  })
})

describe("a function's own key", () => {
  it('opens that function and no other, nor the admin door', async () => {
    expect(await statusOf('/api/guarded', 'own')).toBe(200)
    expect(await statusOf('/api/other', 'own')).toBe(401)
    expect(await statusOf('/admin/host/status', 'own')).toBe(401)
    expect(await statusOf('/api/guarded', 'f')).toBe(200)
  })

  it('is listed, set, made anew and taken away, and works at once', async () => {
    const path = 'functions/guarded/keys'
    expect(await manage('GET', path)).toMatchObject({
      status: 200,
      body: {
        keys: [{ name: 'default', value: 'own' }],
        links: [{ rel: 'self', href: `${url}/admin/${path}` }],
      },
    })
    expect(await manage('PUT', `${path}/mine`, '{"name":"mine","value":"v1"}')).toMatchObject({
      status: 201,
      body: { name: 'mine', value: 'v1', links: [{ rel: 'self', href: `${url}/admin/${path}/mine` }] },
    })
    expect(await statusOf('/api/guarded', 'v1')).toBe(200)
    expect((await manage('PUT', `${path}/MINE`, '{"value":"v2"}')).status).toBe(200)
    expect([await statusOf('/api/guarded', 'v1'), await statusOf('/api/guarded', 'v2')]).toEqual([401, 200])

    const random = await manage('POST', `${path}/mine`)
    expect(random.status).toBe(200)
    expect(random.body?.value).toMatch(/^[\w-]{54}==$/)
    expect((await manage('GET', `${path}/mine`)).body?.value).toBe(random.body?.value)
    expect((await manage('DELETE', `${path}/mine`)).status).toBe(204)
    expect((await manage('DELETE', `${path}/mine`)).status).toBe(404)
    expect((await manage('GET', `${path}/mine`)).status).toBe(404)
  })

  it('is made when it is first asked for, and kept in a file that nobody else reads', async () => {
    const { body } = await manage('GET', 'functions/other/keys')
    expect(body?.keys.map(({ name }) => name)).toEqual(['default'])
    expect(await statusOf('/api/other', body?.keys[0]?.value ?? '')).toBe(200)
    const file = join(secrets, 'other.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      keys: [{ name: 'default', value: body?.keys[0]?.value, encrypted: false }],
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(secrets).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('of a function named as the file of the host cannot be: that function is left out', async () => {
    expect((await manage('GET', 'functions/host/keys')).status).toBe(404)
    expect((await manage('GET', 'host/keys')).body?.keys).toEqual([{ name: 'default', value: 'f' }])
  })
})

describe('the keys of the host', () => {
  it.each(['keys', 'functionkeys'])('for all functions are managed by %s', async (set) => {
    expect((await manage('PUT', `host/${set}/all`, '{"value":"a"}')).status).toBe(201)
    expect(await statusOf('/api/other', 'a')).toBe(200)
    expect((await manage('GET', `host/${set}`)).body?.keys).toContainEqual({ name: 'all', value: 'a' })
    expect((await manage('DELETE', `host/${set}/all`)).status).toBe(204)
    expect(await statusOf('/api/other', 'a')).toBe(401)
  })

  it('for extensions open no function', async () => {
    expect((await manage('PUT', 'host/systemkeys/mine_extension', '{"value":"s"}')).status).toBe(201)
    expect(await statusOf('/api/other', 's')).toBe(401)
    expect(await statusOf('/admin/host/status', 's')).toBe(403)
  })

  it('keep what else stands in their file', () => {
    expect(JSON.parse(readFileSync(join(secrets, 'host.json'), 'utf8'))).toMatchObject({
      hostName: 'kept.example',
    })
  })

  it.each([
    ['GET', 'functions/nobody/keys', undefined, 404, ''],
    ['PUT', 'functions/nobody/keys/a', '{"value":"x"}', 404, ''],
    ['PUT', 'functions/other/keys/a', '{}', 400, 'Invalid key value'],
    ['PUT', 'functions/other/keys/a', '{"value"', 400, ''],
    ['PUT', 'host/keys/a', `{"value":"${'x'.repeat(2_000_000)}"}`, 413, ''],
    ['DELETE', 'host/systemkeys/_master', undefined, 400, 'Invalid key name.'],
    ['GET', 'host/otherkeys', undefined, 404, ''],
    ['PATCH', 'host/keys/default', undefined, 404, ''],
  ])('refuse %s %s (%#)', async (method, path, body, status, text) => {
    expect(await manage(method, path, body)).toMatchObject({ status, text })
  })

  it("are nobody else's to manage", async () => {
    expect(await statusOf('/admin/host/keys', 'f')).toBe(403)
    expect(await statusOf('/admin/host/keys', 'wrong')).toBe(401)
  })

  it('include the master key, which can be changed', async () => {
    expect((await manage('GET', 'host/systemkeys/_master')).body).toMatchObject({
      name: '_master',
      value: 'm',
    })
    expect((await manage('GET', 'host/systemkeys')).body?.keys.map(({ name }) => name)).not.toContain(
      '_master',
    )
    expect((await manage('PUT', 'host/systemkeys/_master', '{"value":"m2"}')).status).toBe(200)
    expect((await manage('GET', 'host/keys')).status).toBe(401)
    expect(await statusOf('/admin/host/keys', 'm2')).toBe(200)
  })
})

describe('a file of keys that cannot be used', () => {
  it.each([
    ['is no JSON', '{'],
    ['lacks a set', JSON.stringify({ masterKey: key('master', 'm'), functionKeys: [] })],
    [
      'is encrypted',
      JSON.stringify({
        masterKey: { name: 'master', value: 'CfDJ', encrypted: true },
        functionKeys: [],
        systemKeys: [],
      }),
    ],
  ])('stops the host where it %s', async (_fault, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'functions-host-keys-'))
    writeFileSync(join(folder, 'host.json'), text)
    const starting = RunningHost.start({ [app.path]: { FUNCTIONS_SECRETS_PATH: folder } }, '--enableAuth')
    await expect(starting).rejects.toThrow(`${join(folder, 'host.json')} is no file of keys`)
    rmSync(folder, { recursive: true })
  })
})
