import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { appIdentity } from './app-identity.ts'

const scope = 'https://storage.azure.com/.default'
const names = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'AZURE_TOKEN_CREDENTIALS'] as const
const before = names.map((name) => [name, process.env[name]] as const)
const asked: URLSearchParams[] = []

/** Answers as App Service does: the token names who asked and for what. */
const endpoint = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '', 'http://identity')
  asked.push(searchParams)
  const body = {
    access_token: `${searchParams.get('client_id')} for ${searchParams.get('resource')}`,
    expires_on: String(Math.floor(Date.now() / 1000) + 3600),
    token_type: 'Bearer',
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})

beforeAll(async () => {
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/msi/token`
  process.env['IDENTITY_HEADER'] = 'secret'
  delete process.env['AZURE_TOKEN_CREDENTIALS']
})
afterAll(() => {
  endpoint.close()
  endpoint.closeAllConnections()
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

describe('the identity of an app', () => {
  it.each([
    [
      'the managed identity of its client id',
      { credential: 'managedidentity', clientId: 'one' } as const,
      'one',
    ],
    ['the system-assigned one without', { credential: 'managedidentity' } as const, null],
    ['what the process is run as, where no credential is set', { clientId: 'two' }, 'two'],
  ])(
    'is %s',
    async (_who, settings, clientId) => {
      asked.length = 0
      const identity = appIdentity(settings)
      expect(asked).toEqual([])

      const [first, second] = await Promise.all([identity.getToken(scope), identity.getToken([scope])])

      expect(first?.token).toBe(`${clientId} for https://storage.azure.com`)
      expect(second?.token).toBe(first?.token)
      expect(asked.every((query) => query.get('client_id') === clientId)).toBe(true)
    },
    60_000,
  )
})
