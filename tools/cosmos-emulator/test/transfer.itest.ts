import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Container } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'
import type { CosmosEmulator } from '../src/index.ts'
import { clientOf, hierarchicalKey } from './open-container.ts'
import { runCommand } from './run-command.ts'

const orderCount = 1234

/** An emulator in memory with two databases; one container has several ranges, a hierarchical key, keys and scripts. */
async function fillEmulator(): Promise<CosmosEmulator> {
  const emulator = await startCosmosEmulator()
  const client = clientOf(emulator)
  const { database: shop } = await client.databases.create({ id: 'shop' })
  const { container: orders } = await shop.containers.create({
    id: 'orders',
    ...hierarchicalKey('/customer', '/year'),
    indexingPolicy: {
      compositeIndexes: [
        [
          { path: '/a', order: 'ascending' },
          { path: '/b', order: 'descending' },
        ],
      ],
    },
    uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/number'] }] },
    defaultTtl: -1,
    throughput: 25_000,
  })
  const operations = Array.from({ length: orderCount }, (_, number) => ({
    operationType: 'Create' as const,
    partitionKey: [`c${number % 40}`, 2026],
    resourceBody: { id: `o${number}`, customer: `c${number % 40}`, year: 2026, number, text: 'ü\n"' },
  }))
  await orders.items.executeBulkOperations(operations as never)
  await orders.items.create({ id: 'without a key', number: -1 })
  await orders.scripts.storedProcedures.create({ id: 'sum', body: 'function sum() {}' } as never)
  await orders.scripts.userDefinedFunctions.create({
    id: 'twice',
    body: 'function twice(n) { return n * 2 }',
  } as never)
  const { database: other } = await client.databases.create({ id: 'other' })
  const { container } = await other.containers.create({
    id: 'things',
    partitionKey: '/id',
    maxThroughput: 4000,
  })
  await container.items.create({ id: 'a' })
  client.dispose()
  return emulator
}

async function everything(container: Container): Promise<unknown[]> {
  const query = 'SELECT c.id, c.customer, c.year, c.number, c.text FROM c'
  const { resources } = await container.items.query<{ id: string }>(query).fetchAll()
  return resources.toSorted((a, b) => a.id.localeCompare(b.id))
}

describe('export and import', () => {
  it('move an account: over HTTP into a data folder, and from there into a running emulator, twice', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-transfer-'))
    await using source = await fillEmulator()
    const [file, data] = [join(folder.path, 'account.jsonl'), join(folder.path, 'data')]
    const { endpoint } = source.accounts[0]!

    const exported = await runCommand(['export', '--out', file], { env: { COSMOS_ENDPOINT: endpoint } })
    const counts = `2 databases, 2 containers, 1 stored procedure, 1 user-defined function, ${orderCount + 2} documents`
    expect(exported).toEqual({ code: 0, output: '', errors: `Exported ${counts}.\n` })
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 2 + 2 + 2 + orderCount + 2)
    expect(lines.some((line) => /"_(rid|self|etag|ts)"/.test(line))).toBe(false)

    const imported = { code: 0, output: '', errors: `Imported ${counts}.\n` }
    expect(await runCommand(['import', file, '--data', data])).toEqual(imported)
    const again = await runCommand(['export', '--data', data])
    expect(again.output.split('\n').toSorted()).toEqual(readFileSync(file, 'utf8').split('\n').toSorted())

    await using target = await startCosmosEmulator()
    const to = ['--endpoint', target.accounts[0]!.endpoint]
    expect(await runCommand(['import', '-', ...to], { input: again.output })).toEqual(imported)
    expect(await runCommand(['import', file, ...to])).toEqual(imported)

    const [before, after] = [clientOf(source), clientOf(target)]
    const [from, into] = [before, after].map((client) => client.database('shop').container('orders'))
    expect(await everything(into!)).toEqual(await everything(from!))
    expect((await into!.readOffer()).resource?.content?.offerThroughput).toBe(25_000)
    expect((await into!.read()).resource?.indexingPolicy?.compositeIndexes).toHaveLength(1)
    const things = await after.database('other').container('things').readOffer()
    expect(things.resource?.content?.offerAutopilotSettings).toMatchObject({ maxThroughput: 4000 })
    for (const client of [before, after]) client.dispose()
  }, 90_000)

  it('take one database or one container', async () => {
    await using source = await fillEmulator()
    const from = ['--endpoint', source.accounts[0]!.endpoint]

    const { output, errors } = await runCommand(['export', ...from, '--database', 'other'])
    expect(errors).toBe('Exported 1 database, 1 container, 1 document.\n')
    expect(output.split('\n')[1]).toBe('{"database":{"id":"other"}}')
    expect(await runCommand(['export', ...from, '--database', 'othr'])).toMatchObject({
      code: 1,
      errors: "cosmos-emulator: There is no database 'othr' in this account.\n",
    })
    const all = await runCommand(['export', ...from])
    await using target = await startCosmosEmulator()
    const to = ['--endpoint', target.accounts[0]!.endpoint, '--container', 'things']
    const taken = await runCommand(['import', '-', ...to], { input: all.output })
    expect(taken.errors).toBe('Imported 2 databases, 1 container, 1 document.\n')
  }, 60_000)

  it('end with the first line that is wrong, or leave such lines out, and tell their numbers', async () => {
    await using emulator = await startCosmosEmulator()
    const to = ['--endpoint', emulator.accounts[0]!.endpoint]
    const container = '{"container":{"id":"c","partitionKey":{"paths":["/p"],"kind":"Hash","version":2}}}'
    const lines = [
      '{"cosmosExport":2}',
      '{"document":{"id":"early"}}',
      '{"database":{"id":"d"}}',
      container,
      '',
      '{"document":{"id":"a"}}',
      '{"document":',
      '{"documents":{"id":"a"}}',
      '{"document":{"p":1}}',
      '{"document":{"id":"a/b"}}',
      '{"document":{"id":"b"}}',
      container.replace('/p', '/q'),
      '{"document":{"id":"c"}}',
      container,
      '{"document":{"id":"d"}}',
    ]
    const input = lines.join('\n')

    expect(await runCommand(['import', '-', ...to], { input })).toEqual({
      code: 1,
      output: '',
      errors:
        'Imported 0 databases, 0 containers, 0 documents.\ncosmos-emulator: Line 1: It is of format 2; this emulator reads 1.\n',
    })
    const { code, errors } = await runCommand(['import', '-', ...to, '--skip-bad-lines'], { input })
    const told = errors.trimEnd().split('\n')
    expect(told.filter((line) => line.startsWith('Line '))).toEqual([
      'Line 1 was left out: It is of format 2; this emulator reads 1.',
      'Line 2 was left out: A document must follow its container.',
      'Line 7 was left out: It is not valid JSON.',
      expect.stringMatching(
        /^Line 8 was left out: A line holds one of cosmosExport, .*; this one holds documents\.$/,
      ),
      'Line 9 was left out: The document has no id.',
      expect.stringMatching(/^Line 10 was left out: The document was answered 400/),
      expect.stringMatching(
        /^Line 12 was left out: The container 'c' is there with the partition key \["\/p"\], not \["\/q"\]: delete it/,
      ),
    ])
    expect(told.slice(-2)).toEqual([
      'Imported 1 database, 2 containers, 3 documents.',
      '7 lines were left out.',
    ])
    expect(code).toBe(1)
  }, 60_000)

  it('say so where there is nothing in an export, or not what was asked for', async () => {
    await using emulator = await startCosmosEmulator()
    const to = ['--endpoint', emulator.accounts[0]!.endpoint]
    const input = '{"cosmosExport":1}\n{"database":{"id":"d"}}\n'

    expect(await runCommand(['import', '-', ...to], { input: '' })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('There is nothing in it: an export begins with {"cosmosExport":1}.'),
    })
    expect(await runCommand(['import', '-', ...to, '--container', 'c'], { input })).toMatchObject({
      code: 1,
      errors: expect.stringContaining("There is no container 'c' in this export."),
    })
  }, 60_000)

  it('say what is missing', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-transfer-'))
    const errorsOf = async (...args: string[]): Promise<string> => {
      const { code, errors } = await runCommand(args)
      expect(code).toBe(1)
      return errors
    }

    expect(await errorsOf('export', '--data', folder.path)).toMatch(
      /There is no data file .*primary\.sqlite: name another/,
    )
    expect(await errorsOf('import', join(folder.path, 'none.jsonl'), '--data', folder.path)).toMatch(
      /no such file.*none\.jsonl/,
    )
    expect(await errorsOf('export', '--endpoint', 'http://127.0.0.1:1/')).toMatch(
      /Nothing answers at http:\/\/127\.0\.0\.1:1: /,
    )
    writeFileSync(join(folder.path, 'primary.sqlite'), 'no database')
    expect(await errorsOf('export', '--data', folder.path)).toMatch(/is no SQLite file/)
  }, 60_000)
})
