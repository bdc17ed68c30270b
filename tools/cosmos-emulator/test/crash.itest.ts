import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { CosmosClient } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

const cli = join(import.meta.dirname, '../src/cli.ts')
const writer = join(import.meta.dirname, 'crash-writer.mjs')
const kills = 10

async function start(folder: string): Promise<{ child: ChildProcess; endpoint: string; key: string }> {
  const child = spawn(process.execPath, [cli, 'start', '--data', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const { endpoint, key } = JSON.parse(line.replace('Emulator ready: ', '')) as {
      endpoint: string
      key: string
    }
    return { child, endpoint, key }
  }
  throw new Error('The emulator ended before it was ready.')
}

describe('the emulator killed with -9', () => {
  it(`loses nothing that it acknowledged, in ${kills} kills under concurrent writers`, async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-crash-'))
    const acknowledged = new Set<string>()
    let last: { id: string }[] = []
    for (let round = 0; round <= kills; round += 1) {
      const { child, endpoint, key } = await start(folder.path)
      const client = new CosmosClient({ endpoint, key })
      const { database } = await client.databases.createIfNotExists({ id: 'media' })
      const { container } = await database.containers.createIfNotExists({
        id: 'things',
        partitionKey: '/tenantId',
      })
      last = (await container.items.query<{ id: string }>('SELECT c.id FROM c').fetchAll()).resources
      const stored = new Set(last.map(({ id }) => id))
      expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
      // A batch is there whole or not at all.
      const isHalf = (id: string): boolean =>
        /-[ab]$/.test(id) && ['-a', '-b'].some((end) => !stored.has(id.slice(0, -2) + end))
      const halves = [...stored].filter(isHalf)
      expect(halves).toEqual([])
      client.dispose()
      if (round === kills) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        expect(await ended).toEqual([0, null])
        break
      }
      const written = spawn(process.execPath, [writer, endpoint, key, `r${round}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const wanted = acknowledged.size + 20 + Math.floor(Math.random() * 150)
      const ended = once(written, 'close')
      for await (const line of createInterface({ input: written.stdout })) {
        acknowledged.add(line)
        if (acknowledged.size >= wanted && child.exitCode === null && !child.killed) child.kill('SIGKILL')
      }
      await ended
    }
    expect(acknowledged.size).toBeGreaterThan(kills * 20)
    expect(last.length).toBeGreaterThanOrEqual(acknowledged.size)
  }, 120_000)

  it('says plainly that a data file or a port is in use', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-crash-'))
    const { child, endpoint } = await start(folder.path)
    const complaint = async (...args: string[]): Promise<string> => {
      const second = spawn(process.execPath, [cli, 'start', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
      const ended = once(second, 'close')
      let text = ''
      for await (const chunk of second.stderr) text += String(chunk)
      expect((await ended)[0]).toBe(1)
      return text
    }

    expect(await complaint('--data', folder.path, '--port', '0')).toMatch(
      /data file .*primary\.sqlite cannot be used: another process uses it.*database is locked/,
    )
    expect(await complaint('--memory', '--port', new URL(endpoint).port)).toMatch(
      /cannot listen on port \d+: .*EADDRINUSE/,
    )
    child.kill('SIGKILL')
    await once(child, 'exit')
  }, 60_000)
})
