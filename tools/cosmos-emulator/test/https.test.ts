import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { Agent } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { CosmosClient } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'
import { generate } from 'selfsigned'

import { startCosmosEmulator } from '../src/index.ts'

const dayMs = 24 * 3600 * 1000

describe('HTTPS', () => {
  it.each(['127.0.0.1', 'localhost'])(
    'is spoken to clients that trust the certificate, as %s',
    async (host) => {
      await using emulator = await startCosmosEmulator({ https: true })
      const [account] = emulator.accounts
      const endpoint = account!.httpsEndpoint!.replace('127.0.0.1', host)
      const agent = new Agent({ ca: emulator.certificate!.pem })
      const client = new CosmosClient({ endpoint, key: account!.key, agent })

      const { database } = await client.databases.createIfNotExists({ id: 'media' })
      const { container } = await database.containers.createIfNotExists({ id: 'things' })
      await container.items.create({ id: 'a' })

      expect(await client.getWriteEndpoint()).toBe(endpoint)
      expect((await container.items.query('SELECT VALUE c.id FROM c').fetchAll()).resources).toEqual(['a'])
      // HTTP goes on beside it.
      const plain = new CosmosClient({ endpoint: account!.endpoint, key: account!.key })
      expect((await plain.database('media').read()).statusCode).toBe(200)
      for (const each of [client, plain]) each.dispose()
      agent.destroy()
    },
  )

  it('ends although somebody has connected and never spoke', async () => {
    const emulator = await startCosmosEmulator({ https: true })
    const [account] = emulator.accounts
    const connections = [account!.endpoint, account!.httpsEndpoint!].map((endpoint) =>
      connect(Number(new URL(endpoint).port), '127.0.0.1'),
    )
    await Promise.all(connections.map(async (connection) => once(connection, 'connect')))
    const ended = connections.map(async (connection) => once(connection.resume(), 'close'))

    await emulator.close()

    await expect(Promise.all(ended)).resolves.toHaveLength(2)
  })

  it('keeps its certificate in the data folder, its key for the user alone', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-https-'))
    const pemOf = async (): Promise<string> => {
      await using emulator = await startCosmosEmulator({ https: true, dataDirectory: folder.path })
      expect(emulator.certificate!.path).toBe(join(folder.path, 'certificate.pem'))
      expect(readFileSync(emulator.certificate!.path!, 'utf8')).toBe(emulator.certificate!.pem)
      return emulator.certificate!.pem
    }
    const first = await pemOf()

    expect(await pemOf()).toBe(first)
    expect(statSync(join(folder.path, 'certificate-key.pem')).mode & 0o777).toBe(0o600)
    expect(new X509Certificate(first).subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    )
  })

  it('makes it anew when it is near its end, or broken', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-https-'))
    const path = join(folder.path, 'certificate.pem')
    const ending = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      notAfterDate: new Date(Date.now() + 29 * dayMs),
    })
    for (const text of [ending.cert, 'no certificate']) {
      writeFileSync(path, text)
      writeFileSync(join(folder.path, 'certificate-key.pem'), ending.private)
      await using emulator = await startCosmosEmulator({ https: true, dataDirectory: folder.path })

      const { validTo } = new X509Certificate(emulator.certificate!.pem)
      expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(700 * dayMs)
    }
  })
})
