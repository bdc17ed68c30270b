import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import { openContainer, statusOf } from './open-container.ts'
import { readyAccount } from './ready-account.ts'
import { hasTinyDisks, onTinyDisk } from './tiny-disk.ts'

const cli = join(import.meta.dirname, '../src/cli.ts')
const onTinyDisks = hasTinyDisks ? it : it.skip
const root = mkdtempSync(join(tmpdir(), 'cosmos-bad-files-'))
const running: ChildProcess[] = []
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(root, { recursive: true, force: true })
})

/** A data file with 200 documents, closed in peace. */
let good: Buffer
beforeAll(async () => {
  const folder = newFolder()
  {
    await using opened = await openContainer({}, { dataDirectory: folder })
    const operations = Array.from({ length: 100 }, (_, n) => ({
      operationType: 'Create' as const,
      resourceBody: { id: `item-${n}`, tenantId: 't', text: 'x'.repeat(1000) },
    }))
    await opened.container.items.batch(operations, 't')
  }
  good = readFileSync(join(folder, 'primary.sqlite'))
})

function newFolder(): string {
  return mkdtempSync(join(root, 'data-'))
}

/** Starts the command and waits until it ends. */
async function complaint(args: string[], command = [process.execPath, cli]): Promise<string> {
  const [program = '', ...first] = command
  const child = spawn(program, [...first, 'start', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(child)
  const ended = once(child, 'close')
  let text = ''
  for await (const chunk of child.stderr) text += String(chunk)
  expect((await ended)[0]).toBe(1)
  return text
}

function foreignFile(path: string, journal: string): void {
  const database = new DatabaseSync(path)
  database.exec(
    `PRAGMA journal_mode = ${journal}; CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')`,
  )
  database.close()
}

describe('a data file that cannot be used is refused with one message, and left byte for byte as it was', () => {
  const files: [string, (path: string) => void, RegExp][] = [
    ['text', (path) => writeFileSync(path, 'no database '.repeat(1000)), /no SQLite file/],
    [
      'a damaged beginning',
      (path) => writeFileSync(path, Buffer.concat([Buffer.alloc(16), good.subarray(16)])),
      /no SQLite file, or its beginning is damaged/,
    ],
    [
      'cut short',
      (path) => writeFileSync(path, good.subarray(0, good.length / 2)),
      /cut short: \d+ of \d+ bytes are there/,
    ],
    ['less than a header', (path) => writeFileSync(path, good.subarray(0, 50)), /cannot be used: it is/],
    ["another program's", (path) => foreignFile(path, 'DELETE'), /SQLite file of another program/],
    ["another program's, with a log", (path) => foreignFile(path, 'WAL'), /SQLite file of another program/],
    [
      'damaged in its tables of tables',
      (path) =>
        writeFileSync(
          path,
          Buffer.concat([good.subarray(0, 100), Buffer.alloc(3996, 0xff), good.subarray(4096)]),
        ),
      /damaged\. Put a backup in its place/,
    ],
    [
      'of a newer layout',
      (path) => {
        const copy = Buffer.from(good)
        copy.writeUInt32BE(99, 60)
        writeFileSync(path, copy)
      },
      /layout 99, made by a newer emulator; this one reads up to \d+\. Install/,
    ],
  ]
  it.each(files)('%s', async (_, make, message) => {
    const folder = newFolder()
    const path = join(folder, 'primary.sqlite')
    make(path)
    const before = readFileSync(path)

    const starting = startCosmosEmulator({ dataDirectory: folder })

    await expect(starting).rejects.toThrow(message)
    await expect(starting).rejects.toThrow(`The data file ${path} cannot be used: `)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['primary.sqlite'])
  })

  it('by the command, with exit code 1 and no stack', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'primary.sqlite'), 'no database')

    expect(await complaint(['--data', folder, '--port', '0'])).toMatch(
      /^cosmos-emulator: The data file .* cannot be used: it is no SQLite file.* \(--data\)\.\n$/,
    )
  })

  it('a file where the folder should be, a folder where the file should be', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    await expect(startCosmosEmulator({ dataDirectory: join(folder, 'file') })).rejects.toThrow(
      /a file is where its folder should be/,
    )
    mkdirSync(join(folder, 'primary.sqlite'))
    await expect(startCosmosEmulator({ dataDirectory: folder })).rejects.toThrow(
      /a folder is where the file should be/,
    )
  })

  it('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo

    const text = await complaint(['--memory', '--port', String(port)])
    taken.close()

    expect(text).toMatch(
      new RegExp(`cannot listen on port ${port}: another process uses it: .* another port \\(--port`),
    )
  })
})

describe('a data file that is damaged inside', () => {
  it('answers 500 with what to do for what cannot be read, and serves the rest', async () => {
    const folder = newFolder()
    const copy = Buffer.from(good)
    const at = copy.indexOf('"item-50"')
    const page = Math.floor(at / 4096) * 4096
    copy.fill(0xff, page, page + 200)
    writeFileSync(join(folder, 'primary.sqlite'), copy)
    await using opened = await openContainer({}, { dataDirectory: folder })
    const { container } = opened

    const statuses = new Map<number | undefined, number>()
    for (let n = 0; n < 100; n += 1) {
      const status = await statusOf(container.item(`item-${n}`, 't').read())
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }

    expect(new Set(statuses.keys())).toEqual(new Set([200, 500]))
    expect(statuses.get(200)).toBeGreaterThan(80)
    await expect(container.item('item-50', 't').read()).rejects.toThrow(/damaged\. Put a backup in its place/)
  })
})

describe('a disk', () => {
  onTinyDisks('that is read-only: says so', async () => {
    const folder = newFolder()
    const file = join(newFolder(), 'good.sqlite')
    writeFileSync(file, good)
    const launcher = [...onTinyDisk(folder, { sizeKb: 1024, file, isReadOnly: true }), process.execPath, cli]

    expect(await complaint(['--data', folder, '--port', '0'], launcher)).toMatch(
      /it cannot be written\. Give this user the right/,
    )
  })

  onTinyDisks('that is full at the start: says so', async () => {
    const folder = newFolder()
    const launcher = [...onTinyDisk(folder, { sizeKb: 64, ballastKb: 64 }), process.execPath, cli]

    expect(await complaint(['--data', folder, '--port', '0'], launcher)).toMatch(
      /there is no space left on its disk\. Free some/,
    )
  })

  onTinyDisks(
    'that fills up: 507 for writes, reads go on, nothing acknowledged is lost, and writes go on when there is space',
    async () => {
      const folder = newFolder()
      const [program, ...args] = [
        ...onTinyDisk(folder, { sizeKb: 2048, ballastKb: 512 }),
        process.execPath,
        cli,
      ]
      const child = spawn(program, [...args, 'start', '--data', folder, '--port', '0'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      running.push(child)
      const { endpoint, key } = await readyAccount(child)
      const client = new CosmosClient({ endpoint, key })
      const { database } = await client.databases.create({ id: 'media' })
      const { container } = await database.containers.create({ id: 'things', partitionKey: '/tenantId' })
      const written: string[] = []
      let failure: { code?: unknown; message?: string } = {}
      const fill = async (): Promise<void> => {
        for (let n = 0; n < 100 && failure.code === undefined; n += 1) {
          const id = `item-${written.length}`
          try {
            await container.items.create({ id, tenantId: 't', text: 'x'.repeat(50_000) })
            written.push(id)
          } catch (error) {
            failure = error as typeof failure
          }
        }
      }
      const stored = async (): Promise<unknown> =>
        (await container.items.query('SELECT VALUE COUNT(1) FROM c').fetchAll()).resources[0]

      await fill()
      expect([failure.code, failure.message]).toEqual([
        507,
        expect.stringMatching(/Nothing was written: there is no space left.*goes on by itself/),
      ])
      expect(written.length).toBeGreaterThan(3)
      expect(await stored()).toBe(written.length)

      rmSync(join(`/proc/${child.pid}/root`, folder, 'ballast'))
      const before = written.length
      failure = {}
      await fill()
      expect(written.length).toBeGreaterThan(before)
      expect(await stored()).toBe(written.length)
      client.dispose()
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  )
})
