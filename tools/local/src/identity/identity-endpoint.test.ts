import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { localPrincipal, localTenantId } from './access-token.ts'
import type { IdentityEndpoint } from './identity-endpoint.ts'
import { startIdentityEndpoint } from './identity-endpoint.ts'

const storage = 'https://storage.azure.com/.default'
const api = localPrincipal('api')
const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = process.env

function claimsOf(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >
}

// Microsoft's clients keep the first endpoint that they find: one for all.
let endpoint: IdentityEndpoint
beforeAll(async () => {
  endpoint = await startIdentityEndpoint({ port: 0, principals: [api, localPrincipal('relay')] })
  Object.assign(process.env, endpoint.environment)
})
afterAll(async () => {
  await endpoint.close()
  for (const [name, value] of Object.entries({ IDENTITY_ENDPOINT, IDENTITY_HEADER })) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

describe("Microsoft's clients, unmodified, are given tokens", () => {
  it.each([
    ['ManagedIdentityCredential', () => new ManagedIdentityCredential({ clientId: api.clientId })],
    ['DefaultAzureCredential', () => new DefaultAzureCredential({ managedIdentityClientId: api.clientId })],
  ])(
    'by %s',
    async (_name, makeCredential) => {
      const { token, expiresOnTimestamp } = (await makeCredential().getToken(storage))!

      const claims = claimsOf(token)
      expect(claims).toMatchObject({
        aud: 'https://storage.azure.com',
        iss: `https://sts.windows.net/${localTenantId}/`,
        oid: api.objectId,
        appid: api.clientId,
        tid: localTenantId,
      })
      expect(expiresOnTimestamp).toBe(Number(claims['exp']) * 1000)
    },
    60_000,
  )

  it('of one service each, and an identity that is not known is refused with a text that says so', async () => {
    const credential = new ManagedIdentityCredential({ clientId: api.clientId })
    const stranger = new ManagedIdentityCredential({ clientId: localPrincipal('stranger').clientId })

    const cosmos = await credential.getToken('https://127.0.0.1/.default')

    expect(claimsOf(cosmos?.token)['aud']).toBe('https://127.0.0.1')
    await expect(stranger.getToken(storage)).rejects.toThrow(/No managed identity has this client_id/)
    await expect(new ManagedIdentityCredential().getToken(storage)).rejects.toThrow(
      /no system-assigned identity/,
    )
  })
})

describe('who asks in another way gets no token', () => {
  it.each([
    ['without the header', { header: undefined }, 401, 'X-IDENTITY-HEADER'],
    ['with another header', { header: 'x'.repeat(64) }, 401, 'X-IDENTITY-HEADER'],
    ['by another api-version', { version: '2017-09-01' }, 400, 'api-version must be 2019-08-01'],
    ['for no service', { resource: 'storage' }, 400, 'URI of a service'],
    ['by POST', { method: 'POST' }, 404, 'GET /msi/token'],
    ['at what is no address', { path: '//' }, 404, 'GET /msi/token'],
  ])('%s', async (_how, change: Record<string, string | undefined>, status, text) => {
    const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: secret } = endpoint.environment
    const asked = { version: '2019-08-01', resource: 'https://storage.azure.com', header: secret, ...change }
    const query = new URLSearchParams({
      'api-version': asked.version,
      resource: asked.resource,
      client_id: api.clientId,
    })

    const address = change['path'] ? `${new URL(url).origin}${change['path']}` : `${url}?${query.toString()}`
    const response = await fetch(address, {
      method: change['method'] ?? 'GET',
      headers: asked.header === undefined ? {} : { 'x-identity-header': asked.header },
    })

    expect(response.status).toBe(status)
    const { message } = (await response.json()) as { message: string }
    expect(message).toContain(text)
    expect(message).not.toContain(secret)
  })
})
