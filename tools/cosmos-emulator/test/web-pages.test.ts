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
