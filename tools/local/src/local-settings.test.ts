import { describe, expect, it } from '@jest/globals'

import { makeLocalSettings, settingsOfApp } from './local-settings.ts'
import { choosePorts } from './ports.ts'

const names = ['api', 'delivery', 'console', 'blobs', 'queues', 'cosmos', 'replica']

describe('the settings of a laptop', () => {
  it('give an app what it declares and no more', async () => {
    const settings = makeLocalSettings(await choosePorts(names, 'fixed'), {})
    const declared = [
      { name: 'ZOETROPE_COSMOS' },
      { name: 'ZOETROPE_UNKNOWN' },
      { name: 'ZOETROPE_LIMIT', default: '7' },
    ]
    const app = { name: 'x', directory: 'x', settings: declared, consumes: [], triggeringContainers: [] }

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

  it('yield to the variables of the caller', async () => {
    const settings = makeLocalSettings(await choosePorts(names, 'fixed'), {
      ZOETROPE_SILENCE_MS: '2000',
      ZOETROPE_API_URL: 'http://elsewhere',
      HOME: '/nowhere',
    })

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
