import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import { sendSigned } from './signed-request.ts'

describe('a web page of a stranger', () => {
  it.each([
    ['by a name of its own that points here', { host: 'evil.example:8081' }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from a page without an origin', { origin: 'null' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ])('is not let in %s, though it knows the key', async (_, headers) => {
    await using emulator = await startCosmosEmulator()
    const { status, headers: answered } = await sendSigned(emulator.accounts[0]!, 'GET', '/dbs', { headers })

    expect(status).toBe(403)
    expect(Object.keys(answered).filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  it.each([
    { host: 'localhost:8081' },
    { host: '[::1]:8081' },
    { host: '192.168.1.5:8081' },
    { host: 'cosmos:8081' },
    { host: 'host.docker.internal:8081' },
    { host: 'db.allowed.example' },
    { host: 'localhost:8081', origin: 'http://localhost:8081' },
  ])('is not what sends %j', async (headers) => {
    await using emulator = await startCosmosEmulator({ allowedHosts: ['db.Allowed.example'] })

    expect((await sendSigned(emulator.accounts[0]!, 'GET', '/dbs', { headers })).status).toBe(200)
  })
})

describe('the data explorer', () => {
  it('is a page that loads nothing but its own files, and that no other page may frame', async () => {
    await using emulator = await startCosmosEmulator()
    const { endpoint } = emulator.accounts[0]!
    const page = await fetch(`${endpoint}_explorer`)
    const html = await page.text()

    expect(page.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
    )
    expect(html).not.toMatch(/<style|<script>| style=| on\w+=/)
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path)
    expect(files.length).toBeGreaterThan(1)
    for (const path of files) expect((await fetch(new URL(path!, endpoint))).status).toBe(200)
  })

  it.each(['none.js', '..%2fpackage.json', 'constructor', 'main.js/'])('has no file %s', async (name) => {
    await using emulator = await startCosmosEmulator()

    expect((await fetch(`${emulator.accounts[0]!.endpoint}_explorer/${name}`)).status).toBe(404)
  })

  it('is where a browser at the endpoint is sent, and nobody else', async () => {
    await using emulator = await startCosmosEmulator()
    const { endpoint } = emulator.accounts[0]!
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const visited = await fetch(endpoint, { headers: { accept }, redirect: 'manual' })
    const asked = await fetch(endpoint, { headers: { accept: '*/*' }, redirect: 'manual' })

    expect([visited.status, visited.headers.get('location')]).toEqual([302, '/_explorer'])
    expect(asked.status).toBe(401)
    const signed = await sendSigned(emulator.accounts[0]!, 'GET', '/', { headers: { accept } })
    expect(signed.status).toBe(200)
  })

  it('is not shown by a name that could be anybody’s', async () => {
    await using emulator = await startCosmosEmulator()
    const headers = { host: 'evil.example' }

    const { status } = await sendSigned(emulator.accounts[0]!, 'GET', '/_explorer', { headers })
    expect(status).toBe(403)
  })
})
