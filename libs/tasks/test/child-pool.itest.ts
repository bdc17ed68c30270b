import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import { describe, expect, it } from '@jest/globals'
import { err } from '@zoetrope/contracts'
import { until } from '@zoetrope/test-kit'

import { createChildPool } from '../src/child-pool.ts'
import type { ChildJob } from '../src/child-protocol.ts'

const entry = new URL('./test-child.ts', import.meta.url)

function aJob(operation: string): ChildJob {
  return { operation, parameters: {}, inputs: [], outputFolder: tmpdir() }
}

function aPool(options: Partial<Parameters<typeof createChildPool>[0]> = {}) {
  return createChildPool({ entry, size: 1, killAfterMs: 20_000, ...options })
}

describe('the child pool', () => {
  it('keeps a child warm, and replaces it after so many runs', async () => {
    await using pool = aPool({ maxRuns: 2 })

    const pids = []
    for (let run = 0; run < 3; run += 1) pids.push((await pool.run(aJob('test.pid'))).facts?.['pid'])

    expect(pids[1]).toBe(pids[0])
    expect(pids[2]).not.toBe(pids[0])
  })

  it.each(['test.crash', 'test.exit'])(
    'answers MEDIA_PROCESS_CRASHED to %s, and goes on with a new child',
    async (name) => {
      await using pool = aPool()

      await expect(pool.run(aJob(name))).rejects.toMatchObject({ code: 'MEDIA_PROCESS_CRASHED' })

      expect((await pool.run(aJob('test.pid'))).facts?.['pid']).toEqual(expect.any(Number))
    },
  )

  it('loses no place when a child cannot even be started', async () => {
    await using pool = createChildPool({ entry: new URL('http://nowhere/'), size: 1, killAfterMs: 20_000 })
    const signal = AbortSignal.timeout(5000)

    for (let run = 0; run < 3; run += 1)
      await expect(pool.run(aJob('test.pid'), { signal })).rejects.toMatchObject({
        code: 'ERR_INVALID_URL_SCHEME',
      })
  })

  const itOnLinux = process.platform === 'linux' ? it : it.skip
  itOnLinux('kills a child that neither works nor says anything, long before its deadline', async () => {
    await using pool = aPool({ stalledMs: 600 })

    await expect(pool.run(aJob('test.hang'))).rejects.toMatchObject({ code: 'TASK_TIMEOUT' })

    expect((await pool.run(aJob('test.pid'))).facts?.['pid']).toEqual(expect.any(Number))
  })

  it.each(['test.hang', 'test.block'])('kills a child that takes too long (%s)', async (name) => {
    await using pool = aPool({ killAfterMs: 300 })

    await expect(pool.run(aJob(name))).rejects.toMatchObject({ code: 'TASK_TIMEOUT' })
  })

  it('kills a child that takes too much memory', async () => {
    await using pool = aPool({ maxResidentBytes: 300 * 2 ** 20 })

    await expect(pool.run(aJob('test.devour'))).rejects.toMatchObject({ code: 'MEDIA_PROCESS_CRASHED' })
  })

  it('carries a typed error over, with its detail; anything else becomes INTERNAL without its words', async () => {
    await using pool = aPool()

    await expect(pool.run(aJob('test.refuse'))).rejects.toMatchObject({
      code: 'SOURCE_CORRUPT',
      facts: { detail: 'It is damaged.' },
    })
    const broken = await pool.run(aJob('test.break')).catch((error: unknown) => error)
    expect(broken).toMatchObject({ code: 'INTERNAL', facts: {} })
    expect((broken as Error).message).not.toContain('secret')
    expect(String((broken as { cause: Error }).cause.message)).toContain('a secret of ours')
  })

  it('ends a run with the reason of its signal, whether it works or waits', async () => {
    await using pool = aPool()
    const abort = new AbortController()

    const working = pool.run(aJob('test.hang'), { signal: abort.signal })
    const waiting = pool.run(aJob('test.pid'), { signal: abort.signal })
    const patient = pool.run(aJob('test.pid'))
    abort.abort(err('TASK_CANCELED'))

    await expect(working).rejects.toMatchObject({ code: 'TASK_CANCELED' })
    await expect(waiting).rejects.toMatchObject({ code: 'TASK_CANCELED' })
    expect((await patient).facts?.['pid']).toEqual(expect.any(Number))
  })

  it('gives children nothing of the environment', async () => {
    await using pool = aPool()
    process.env['ZOETROPE_TEST_SECRET'] = 'x'

    const { facts } = await pool.run(aJob('test.echo'))

    expect(facts?.['environment']).not.toContain('ZOETROPE_TEST_SECRET')
    expect(facts?.['environment']).not.toContain('HOME')
  })

  it('runs at most as many children as its size', async () => {
    await using pool = aPool({ size: 2 })

    const runs = await Promise.all(Array.from({ length: 6 }, () => pool.run(aJob('test.pid'))))

    expect(new Set(runs.map(({ facts }) => facts?.['pid'])).size).toBeLessThanOrEqual(2)
  })

  it('ends its children with the process that has them, even one that blocks, even by kill -9', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'test-parent.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const child = await readNumber(parent.stdout)

    parent.kill('SIGKILL')

    await until(() => !isRunning(child), { what: 'the child to end' })
  }, 30_000)
})

/** The first line that a process writes. */
async function readNumber(output: Readable): Promise<number> {
  for await (const line of createInterface({ input: output })) return Number(line)
  return Number.NaN
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
