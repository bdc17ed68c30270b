import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { startChild } from './crash/child-emulator.ts'
import { runKills } from './crash/run-kills.ts'

const cli = join(import.meta.dirname, '../src/cli.ts')
const streams = 2
const killsPerStream = 50

describe('the emulator killed with -9', () => {
  it(`loses nothing that it acknowledged, in ${streams * killsPerStream} kills under concurrent writers`, async () => {
    const seed = Date.now() % 1_000_000
    console.info(`The kills are those of seed ${seed} and the ones after it.`)
    // Each stream has emulators and data of its own.
    const figures = await Promise.all(
      Array.from({ length: streams }, async (_, at) => runKills({ kills: killsPerStream, seed: seed + at })),
    )
    for (const { kills, killsAtStart, acknowledgedSteps } of figures) {
      expect(kills).toBe(killsPerStream)
      expect(acknowledgedSteps).toBeGreaterThan((kills - killsAtStart) * 5)
    }
  }, 600_000)
})

describe('a second emulator', () => {
  it('says plainly that a data file or a port is in use', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-crash-'))
    const first = await startChild(folder.path, { cacheFolder: join(folder.path, 'compiled') })
    const complaint = async (...args: string[]): Promise<string> => {
      const second = spawn(process.execPath, [cli, 'start', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
      const ended = once(second, 'close')
      let text = ''
      for await (const chunk of second.stderr) text += String(chunk)
      expect((await ended)[0]).toBe(1)
      return text
    }

    expect(await complaint('--data', join(folder.path, 'data'), '--port', '0')).toMatch(
      /data file .*primary\.sqlite cannot be used: another process uses it.*database is locked/,
    )
    const { port } = new URL(String(first?.account.endpoint))
    expect(await complaint('--memory', '--port', port)).toMatch(/cannot listen on port \d+: .*EADDRINUSE/)
    first?.kill()
    await first?.ended
  }, 60_000)
})
