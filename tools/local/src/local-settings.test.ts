import { describe, expect, it } from '@jest/globals'

import type { AppManifest } from './app-manifests.ts'
import { connectByIdentity, connectByKeys } from './connection-settings.ts'
import { makeLocalSettings, settingsOfApp } from './local-settings.ts'
import { choosePorts } from './ports.ts'

const names = ['api', 'delivery', 'console', 'blobs', 'queues', 'cosmos', 'replica']

const app: AppManifest = {
  name: 'x-app',
  directory: 'x',
  settings: [
    { name: 'ZOETROPE_COSMOS', account: 'cosmos' },
    { name: 'ZOETROPE_UNKNOWN' },
    { name: 'ZOETROPE_LIMIT', default: '7' },
  ],
  consumes: [],
  triggeringContainers: [],
}

describe('the settings of a laptop', () => {
  it('give an app what it declares and no more', async () => {
    const ports = await choosePorts(names, 'fixed')
    const settings = makeLocalSettings(
      ports,
      {},
      connectByKeys(() => ports),
    )

    const values = settingsOfApp(app, settings)

    expect(Object.keys(values).toSorted()).toEqual([
      'AzureWebJobsStorage',
      'FUNCTIONS_WORKER_RUNTIME',
      'ZOETROPE_COSMOS',
      'ZOETROPE_LIMIT',
    ])
    expect(values['ZOETROPE_LIMIT']).toBe('7')
    expect(values['ZOETROPE_COSMOS']).toContain('AccountEndpoint=http://127.0.0.1:8081/;')
  })

  it('name endpoints and an identity instead of a key, as in Azure, where that is asked for', async () => {
    const ports = await choosePorts([...names, 'tables', 'cosmosHttps'], 'fixed')
    const settings = makeLocalSettings(
      ports,
      {},
      connectByIdentity(ports, (name) => `client of ${name}`),
    )

    expect(settingsOfApp(app, settings)).toEqual({
      AzureWebJobsStorage__blobServiceUri: 'https://127.0.0.1:10000/xapphost',
      AzureWebJobsStorage__queueServiceUri: 'https://127.0.0.1:10001/xapphost',
      AzureWebJobsStorage__tableServiceUri: 'https://127.0.0.1:10002/xapphost',
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: 'client of x-app',
      FUNCTIONS_WORKER_RUNTIME: 'node',
      ZOETROPE_COSMOS__accountEndpoint: 'https://127.0.0.1:8444/',
      ZOETROPE_COSMOS__credential: 'managedidentity',
      ZOETROPE_COSMOS__clientId: 'client of x-app',
      ZOETROPE_LIMIT: '7',
    })
  })

  it('yield to the variables of the caller', async () => {
    const ports = await choosePorts(names, 'fixed')
    const own = { ZOETROPE_SILENCE_MS: '2000', ZOETROPE_API_URL: 'http://elsewhere', HOME: '/nowhere' }
    const settings = makeLocalSettings(
      ports,
      own,
      connectByKeys(() => ports),
    )

    expect(settings.values).toMatchObject({
      ZOETROPE_SILENCE_MS: '2000',
      ZOETROPE_API_URL: 'http://elsewhere',
    })
    expect(settings.values).not.toHaveProperty('HOME')
  })
})

describe('ports', () => {
  it('are the same at every start, one for each', async () => {
    const ports = await choosePorts([...names, 'someday', 'later'], 'fixed')

    expect(ports.get('api')).toBe(7071)
    expect(new Set(ports.values()).size).toBe(ports.size)
    expect(await choosePorts([...names, 'someday', 'later'], 'fixed')).toEqual(ports)
  })

  it('are free ones where asked', async () => {
    const ports = await choosePorts(names, 'free')

    expect(new Set(ports.values()).size).toBe(names.length)
    expect([...ports.values()].every((port) => port > 1023)).toBe(true)
  })
})
