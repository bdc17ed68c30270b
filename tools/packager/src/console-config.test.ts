import { describe, expect, it } from '@jest/globals'

import { consoleConfig } from './console-config.ts'

const deployment = {
  ZOETROPE_API_URL: 'https://api.example/',
  ZOETROPE_DELIVERY_URL: 'https://media.example',
  AZURE_STORAGE_ACCOUNT: 'stzoetrope',
}

describe('consoleConfig', () => {
  it('tells the page its addresses, and lets it reach no others', () => {
    const files = consoleConfig(deployment)

    expect(JSON.parse(files.get('config.json') ?? '')).toEqual({
      apiUrl: 'https://api.example',
      deliveryUrl: 'https://media.example',
    })
    const { globalHeaders } = JSON.parse(files.get('staticwebapp.config.json') ?? '') as {
      globalHeaders: Record<string, string>
    }
    expect(globalHeaders['content-security-policy']).toContain(
      "connect-src 'self' https://api.example https://media.example https://stzoetrope.blob.core.windows.net;",
    )
    expect(globalHeaders['content-security-policy']).toContain("default-src 'none'")
  })

  it('names what is missing, and what is no https URL', () => {
    expect(() =>
      consoleConfig({ ...deployment, ZOETROPE_API_URL: undefined, AZURE_STORAGE_ACCOUNT: '' }),
    ).toThrow('ZOETROPE_API_URL, AZURE_STORAGE_ACCOUNT must be set')
    expect(() => consoleConfig({ ...deployment, ZOETROPE_DELIVERY_URL: 'http://media.example' })).toThrow(
      'ZOETROPE_DELIVERY_URL: "http://media.example" is no https URL.',
    )
  })
})
