import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { describe, expect, it } from '@jest/globals'

import { superviseProcess } from '../src/supervised-process.ts'
import { until } from './until.ts'

const fixtures = join(import.meta.dirname, 'fixtures')

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function supervise(script: string) {
  const pids: number[] = []
  const deaths: string[] = []
  const supervised = superviseProcess({
    name: 'it',
    script: join(fixtures, script),
    args: [],
    cwd: fixtures,
    env: process.env,
    isReady: (line) => line.startsWith('serving'),
    onLine: () => undefined,
    onStart: (pid) => pids.push(pid),
    onDeath: (text) => deaths.push(text),
  })
  return Object.assign(supervised, { pids, deaths })
}

describe('a supervised process', () => {
  it('is started again when it is killed, and stays away when it is closed', async () => {
    await using supervised = supervise('serves.ts')
    await supervised.ready

    process.kill(supervised.pids[0]!, 'SIGKILL')
    await until(() => supervised.pids.length === 2)
    await supervised.close()

    expect(supervised.deaths).toEqual(['it ended (SIGKILL); starting it again in 100 ms'])
    await until(() => !isAlive(supervised.pids[1]!))
    expect(supervised.pids).toHaveLength(2)
  }, 40_000)

  it('that never serves is given up, with its last words', async () => {
    await using supervised = supervise('missing.ts')

    await expect(supervised.ready).rejects.toThrow(/it does not start:[^]*missing\.ts/)
    expect(supervised.pids).toHaveLength(4)
  }, 40_000)

  it('ends when its supervisor is killed', async () => {
    const supervisor = spawn(process.execPath, [join(fixtures, 'supervisor.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: supervisor.stdout }), 'line')) as [string]
    const pid = Number(line.split(' ')[1])
    expect(isAlive(pid)).toBe(true)

    supervisor.kill('SIGKILL')

    await until(() => !isAlive(pid))
  }, 40_000)
})
