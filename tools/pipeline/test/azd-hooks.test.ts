import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { afterEach, describe, expect, it } from '@jest/globals'

import type { AzureConnection } from '../src/azure-request.ts'
import { readConsoleToken } from '../src/console-site.ts'
import { removeLeftovers } from '../src/find-leftovers.ts'
import { ensureRegistered, namespacesOf } from '../src/resource-providers.ts'
import { root } from './read-workflows.ts'

let close: (() => Promise<unknown>) | undefined
afterEach(() => close?.())

type Answer = { readonly status: number; readonly body: unknown } | undefined

/** Azure's management API on loopback: the path decides; what is not answered is 404. */
async function startManagement(
  answer: (method: string, path: string) => Answer,
): Promise<{ connection: AzureConnection; requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    requests.push(`${request.method} ${path}`)
    const { status, body } = answer(request.method ?? '', path) ?? { status: 404, body: {} }
    response.writeHead(status).end(JSON.stringify(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  const managementUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { connection: { managementUrl, getToken: async () => 'token', pollMs: 1 }, requests }
}

describe('before azd provisions', () => {
  const options = { subscriptionId: '0000', timeoutMs: 5000, say: () => {} }

  it('the providers of all that infra/ makes are known', () => {
    const namespaces = namespacesOf(JSON.parse(readFileSync(join(root, 'infra', 'main.json'), 'utf8')))

    for (const name of [
      'Microsoft.Web',
      'Microsoft.Storage',
      'Microsoft.DocumentDB',
      'Microsoft.EventGrid',
    ]) {
      expect(namespaces).toContain(name)
    }
    expect(namespaces.every((name) => /^Microsoft\.\w+$/.test(name))).toBe(true)
  })

  it('those that the subscription never used are registered, and waited for', async () => {
    const looks = new Map<string, number>()
    const { connection, requests } = await startManagement((method, path) => {
      const namespace = path.split('/').at(method === 'POST' ? -2 : -1) ?? ''
      const count = (looks.get(namespace) ?? 0) + 1
      looks.set(namespace, count)
      const isRegistered = namespace === 'Microsoft.Web' || count > 3
      return {
        status: 200,
        body: { namespace, registrationState: isRegistered ? 'Registered' : 'Registering' },
      }
    })

    await ensureRegistered(connection, ['Microsoft.App', 'Microsoft.Web'], options)

    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /subscriptions/0000/providers/Microsoft.App/register',
    ])
  })

  it('who may not register is told what to ask for', async () => {
    const { connection } = await startManagement((method) =>
      method === 'POST'
        ? { status: 403, body: { error: { code: 'AuthorizationFailed' } } }
        : { status: 200, body: { namespace: 'Microsoft.App', registrationState: 'NotRegistered' } },
    )

    await expect(ensureRegistered(connection, ['Microsoft.App'], options)).rejects.toThrow(
      'az provider register --namespace Microsoft.App',
    )
  })
})

describe('after azd down', () => {
  it('the history of deployments goes, and what is there still is named', async () => {
    const tags = { 'azd-env-name': 'mine' }
    const deployment = '/subscriptions/0000/providers/Microsoft.Resources/deployments/mine-1'
    const { connection, requests } = await startManagement((method, path) => {
      if (method === 'DELETE') return { status: 200, body: {} }
      if (path.endsWith('/deployments')) {
        const others = { id: `${deployment}x`, name: 'others', tags: { 'azd-env-name': 'other' } }
        return { status: 200, body: { value: [{ id: deployment, name: 'mine-1', tags }, others] } }
      }
      if (path.endsWith('/deletedVaults')) {
        return { status: 200, body: { value: [{ id: '/v', name: 'kv-mine', properties: { tags } }] } }
      }
      return path.endsWith('/resourcegroups') ? { status: 200, body: { value: [] } } : undefined
    })

    const left = await removeLeftovers(connection, { subscriptionId: '0000', environmentName: 'mine' })

    expect(left).toEqual(['The deleted key vault kv-mine is there still.'])
    expect(requests.filter((request) => request.startsWith('DELETE'))).toEqual([`DELETE ${deployment}`])
  })
})

describe('the console', () => {
  const group = { subscriptionId: '0000', resourceGroup: 'rg-dev' }
  const path = '/subscriptions/0000/resourceGroups/rg-dev/providers/Microsoft.Web/staticSites'

  it('is deployed with the token of the site that carries its tag', async () => {
    const { connection } = await startManagement((method, asked) => {
      if (asked === path) {
        const console = { id: `${path}/stapp-1`, tags: { 'azd-service-name': 'console' } }
        return { status: 200, body: { value: [{ id: `${path}/docs`, tags: null }, console] } }
      }
      const isAsked = method === 'POST' && asked === `${path}/stapp-1/listSecrets`
      return isAsked ? { status: 200, body: { properties: { apiKey: 'of-the-site' } } } : undefined
    })

    expect(await readConsoleToken(connection, group)).toBe('of-the-site')
  })

  it('may be left out', async () => {
    const { connection } = await startManagement(() => ({ status: 200, body: { value: [] } }))

    expect(await readConsoleToken(connection, group)).toBeUndefined()
  })
})
