import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { CosmosClient } from '@azure/cosmos'
import type { Container } from '@azure/cosmos'
import { describe, expect, it } from '@jest/globals'

import { until } from './until.ts'

const cli = join(import.meta.dirname, '../src/cli.ts')
const kills = 3
const documentsPerRun = 300
/** A kill comes at any of this many turns of the test's event loop after a script was sent. */
const latestKillTurns = 20_000

interface Started {
  child: ChildProcess
  client: CosmosClient
  container: Container
}

async function start(folder: string): Promise<Started> {
  const child = spawn(process.execPath, [cli, 'start', '--data', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const { endpoint, key } = JSON.parse(line.replace('Emulator ready: ', '')) as {
      endpoint: string
      key: string
    }
    const client = new CosmosClient({
      endpoint,
      key,
      connectionPolicy: { retryOptions: { maxRetryAttemptCount: 0 } } as never,
    })
    const { database } = await client.databases.createIfNotExists({ id: 'media' })
    const { container } = await database.containers.createIfNotExists({
      id: 'things',
      partitionKey: '/tenantId',
    })
    return { child, client, container }
  }
  throw new Error('The emulator ended before it was ready.')
}

async function kill({ child, client }: Started): Promise<void> {
  client.dispose()
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** How many documents each run has left, by its number. */
async function countByRun(container: Container): Promise<Map<number, number>> {
  const { resources } = await container.items
    .query<{ run: number; n: number }>('SELECT c.run, COUNT(1) AS n FROM c GROUP BY c.run')
    .fetchAll()
  return new Map(resources.map(({ run, n }) => [run, n]))
}

describe('the emulator killed with -9 while scripts run', () => {
  it(`keeps all of a script or nothing, in ${kills} kills`, async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-script-crash-'))
    const acknowledged: number[] = []
    let run = 0
    for (let round = 0; round <= kills; round += 1) {
      const started = await start(folder.path)
      const { scripts } = started.container
      const counts = await countByRun(started.container)
      expect([...counts.values()].filter((count) => count !== documentsPerRun)).toEqual([])
      expect(acknowledged.filter((each) => !counts.has(each))).toEqual([])
      if (round === 0)
        await scripts.storedProcedures.create({
          id: 'fill',
          body: `function (run) {
            for (let n = 0; n < ${documentsPerRun}; n++) __.createDocument(__.getSelfLink(), { tenantId: 't', run, n })
          }`,
        })
      // The first script of a process waits for its sandbox; the one that is killed should not.
      run += 1
      await scripts.storedProcedure('fill').execute('t', [run])
      acknowledged.push(run)
      run += 1
      const last = scripts.storedProcedure('fill').execute('t', [run])
      const noted = last.then(() => acknowledged.push(run)).catch(() => undefined)
      const turns = Math.random() * latestKillTurns
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
      await kill(started)
      await noted
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(kills)
  }, 120_000)

  it('takes its sandbox with it, whatever a script does there', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-script-crash-'))
    const started = await start(folder.path)
    const { scripts } = started.container
    await scripts.storedProcedures.create({ id: 'endless', body: 'function () { for (;;); }' })
    const call = scripts
      .storedProcedure('endless')
      .execute('t')
      .catch(() => undefined)
    const sandbox = await until(() => childOf(started.child.pid))
    await kill(started)
    await call
    await until(() => !isRunning(sandbox))
  }, 60_000)
})

function childOf(pid: number | undefined): number | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' })
    const line = text.split('\n').find((each) => each.includes('sandbox-process'))
    return line === undefined ? undefined : Number.parseInt(line, 10)
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
