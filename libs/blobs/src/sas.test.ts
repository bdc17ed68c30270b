import { setImmediate } from 'node:timers/promises'

import { describe, expect, it } from '@jest/globals'
import type { TokenSource } from '@zoetrope/contracts'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'

import type { StorageAccount } from './connect-storage.ts'
import { connectStorage } from './connect-storage.ts'
import { sasSigner } from './sas.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const startMs = Date.parse('2026-11-01T00:00:00Z')
const identity: TokenSource = {
  getToken: async () => ({ token: 'token', expiresOnTimestamp: startMs + dayMs }),
}

/** Microsoft's client of an account whose service gives user delegation keys; its requests are kept. */
function accountWithKeys(blobUrl = 'https://films.blob.core.windows.net/') {
  const asked: { startsMs: number; endsMs: number }[] = []
  const service = { isDown: false }
  const blobs = new BlobServiceClient(blobUrl, identity, {
    retryOptions: { maxTries: 1 },
    httpClient: {
      async sendRequest(request) {
        const body = String(request.body)
        const [, start = '', end = ''] = /<Start>(.*)<\/Start><Expiry>(.*)<\/Expiry>/.exec(body) ?? []
        asked.push({ startsMs: Date.parse(start), endsMs: Date.parse(end) })
        const names = [
          'SignedOid',
          'SignedTid',
          'SignedStart',
          'SignedExpiry',
          'SignedService',
          'SignedVersion',
        ]
        const values = ['object', 'tenant', start, end, 'b', '2026-02-06']
        const fields = names.map((name, index) => `<${name}>${values[index]}</${name}>`).join('')
        const key = `<UserDelegationKey>${fields}<Value>${btoa(`key ${asked.length}`)}</Value></UserDelegationKey>`
        return {
          request,
          status: service.isDown ? 503 : 200,
          headers: request.headers,
          bodyAsText: service.isDown ? 'The service is down.' : key,
        }
      },
    },
  })
  const queues = new QueueServiceClient('https://films.queue.core.windows.net/', identity)
  return { account: { blobs, queues } satisfies StorageAccount, asked, service }
}

function clockAt(ms: number) {
  const clock = Object.assign(() => new Date(clock.nowMs), { nowMs: ms })
  return clock
}

const keyOf = (url: string): string | null => new URL(url).searchParams.get('ske')

describe('upload URLs signed with a user delegation key', () => {
  it('name the identity, and the key that signed them', async () => {
    const { account, asked } = accountWithKeys()
    const clock = clockAt(startMs)

    const url = new URL(
      await sasSigner(account, clock).signUpload('uploads', 'a/b', new Date(startMs + dayMs)),
    )

    expect(url.href).toMatch(/^https:\/\/films\.blob\.core\.windows\.net\/uploads\/a\/b\?/)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      sp: 'cw',
      sr: 'b',
      spr: 'https',
      st: '2026-10-31T23:45:00Z',
      se: '2026-11-02T00:00:00Z',
      skoid: 'object',
      sktid: 'tenant',
      skt: '2026-10-31T23:45:00Z',
      ske: '2026-11-02T06:00:00Z',
      sks: 'b',
    })
    expect(asked).toEqual([{ startsMs: startMs - 15 * 60_000, endsMs: startMs + dayMs + 6 * hourMs }])
  })

  it('share one key, also when many are signed at once', async () => {
    const { account, asked } = accountWithKeys()
    const signer = sasSigner(account, clockAt(startMs))

    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        signer.signUpload('uploads', `${index}`, new Date(startMs + dayMs)),
      ),
    )
    await signer.signUpload('uploads', 'later', new Date(startMs + dayMs + hourMs))

    expect(asked).toHaveLength(1)
  })

  it('never outlive their key, whatever they are for', async () => {
    const { account } = accountWithKeys()
    const clock = clockAt(startMs)
    const signer = sasSigner(account, clock)

    for (const [atHours, forHours] of [
      [0, 1],
      [0, 30],
      [4, 1],
      [20, 100],
      [100, 167.75],
      [100, 2],
    ] as const) {
      clock.nowMs = startMs + atHours * hourMs
      const url = await signer.signUpload('uploads', 'film', new Date(clock.nowMs + forHours * hourMs))
      const { searchParams } = new URL(url)

      expect(Date.parse(searchParams.get('ske')!)).toBeGreaterThanOrEqual(Date.parse(searchParams.get('se')!))
    }
  })

  it('have the next key asked for before they need it, and wait for it only then', async () => {
    const { account, asked } = accountWithKeys()
    const clock = clockAt(startMs)
    const signer = sasSigner(account, clock)
    const sign = async (hours: number): Promise<string | null> =>
      keyOf(await signer.signUpload('uploads', 'film', new Date(clock.nowMs + hours * hourMs)))
    const first = await sign(24)

    clock.nowMs += 5.5 * hourMs
    const whileRenewed = await sign(24)
    // Longer than the first key: waits for the request that was sent for the call before.
    const renewed = await sign(24.9)

    expect([first, whileRenewed, renewed]).toEqual([
      '2026-11-02T06:00:00Z',
      '2026-11-02T06:00:00Z',
      '2026-11-02T12:30:00Z',
    ])
    expect(asked).toHaveLength(2)
  })

  it('are signed with the key at hand while no other can be had', async () => {
    const { account, service } = accountWithKeys()
    const clock = clockAt(startMs)
    const signer = sasSigner(account, clock)
    const sign = (hours: number): Promise<string> =>
      signer.signUpload('uploads', 'film', new Date(clock.nowMs + hours * hourMs))
    const first = keyOf(await sign(24))

    clock.nowMs += 5.5 * hourMs
    service.isDown = true
    expect(keyOf(await sign(24))).toBe(first)
    await expect(sign(48)).rejects.toThrow('The service is down.')
    service.isDown = false
    expect(Date.parse(keyOf(await sign(48))!)).toBe(clock.nowMs + 54 * hourMs)
  })

  it('are refused where they would outlive the seven days of a key', async () => {
    const { account, asked } = accountWithKeys()
    const signer = sasSigner(account, clockAt(startMs))

    await signer.signUpload('uploads', 'film', new Date(startMs + 7 * dayMs - 0.25 * hourMs))
    // Nor is a key asked for that could not end later.
    await signer.signUpload('uploads', 'film', new Date(startMs + 7 * dayMs - 0.5 * hourMs))
    await setImmediate()
    const tooLong = signer.signUpload('uploads', 'film', new Date(startMs + 7 * dayMs))

    await expect(tooLong).rejects.toThrow(/SETTINGS_INVALID: .*seven days are the most/)
    expect(asked.map(({ endsMs }) => endsMs - startMs)).toEqual([7 * dayMs - 0.25 * hourMs])
  })

  it('need an endpoint that tells the name of the account', () => {
    const named = (url: string): string => accountWithKeys(url).account.blobs.accountName

    expect(named('https://films.blob.core.windows.net/')).toBe('films')
    expect(named('https://127.0.0.1:10000/films')).toBe('films')
    expect(() => sasSigner(accountWithKeys('https://films.example').account)).toThrow(
      /SETTINGS_INVALID: The name of the storage account cannot be told from https:\/\/films\.example/,
    )
  })
})

describe('a storage account by identity', () => {
  it('needs both endpoints', () => {
    const connection = { name: 'X', endpoints: { blobServiceUri: 'https://films.blob.example' }, identity }

    expect(() => connectStorage(connection)).toThrow(
      'X__blobServiceUri and X__queueServiceUri must both be set',
    )
  })
})
