import { describe, expect, it } from '@jest/globals'

import { integer, list, url } from './setting-parsers.ts'
import { connection, loadSettings, setting } from './settings.ts'

const settings = {
  storage: connection('APP_STORAGE', { account: 'media-storage', help: 'The account.' }),
  limit: setting('APP_LIMIT', integer, { default: '5', help: 'How many.' }),
  site: setting('APP_SITE', url, { help: 'Where.' }),
  origins: setting('APP_ORIGINS', list, { default: '', help: 'Who.' }),
}

describe('the settings of an app', () => {
  it('are read with their defaults', () => {
    const env = {
      APP_STORAGE: 'UseDevelopmentStorage=true',
      APP_SITE: 'https://a.example/',
      APP_ORIGINS: 'a, b,',
    }

    expect(loadSettings(settings, env)).toEqual({
      storage: { name: 'APP_STORAGE', connectionString: 'UseDevelopmentStorage=true', endpoints: {} },
      limit: 5,
      site: 'https://a.example',
      origins: ['a', 'b'],
    })
  })

  it('reach an account by its identity, as the bindings of Functions name it', () => {
    const env = {
      APP_STORAGE__blobServiceUri: 'https://a.blob.example',
      APP_STORAGE__queueServiceUri: 'https://a.queue.example',
      APP_STORAGE__credential: 'managedidentity',
      APP_STORAGE__clientId: 'id',
      APP_SITE: 'https://a.example',
    }

    expect(loadSettings(settings, env).storage).toEqual({
      name: 'APP_STORAGE',
      endpoints: { blobServiceUri: 'https://a.blob.example', queueServiceUri: 'https://a.queue.example' },
      identity: { getToken: expect.any(Function) },
    })
  })

  it('know no other credential than a managed identity', () => {
    const env = {
      APP_STORAGE__blobServiceUri: 'https://a.example',
      APP_STORAGE__credential: 'workloadidentity',
    }

    expect(() => loadSettings(settings, env)).toThrow(
      'APP_STORAGE__credential: "workloadidentity" is not "managedidentity"',
    )
  })

  it('name everything that is wrong with them, at once', () => {
    const read = (): unknown => loadSettings(settings, { APP_LIMIT: '-1', APP_SITE: 'ftp://a' })

    expect(read).toThrow(/^SETTINGS_INVALID: APP_STORAGE is not set.*APP_LIMIT: "-1".*APP_SITE: "ftp:\/\/a"/)
  })
})
