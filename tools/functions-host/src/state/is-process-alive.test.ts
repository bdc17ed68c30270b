import { describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

import { isProcessAlive } from './is-process-alive.ts'

describe('a process', () => {
  it('is alive while it runs, and not after its end', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
    const pid = child.pid ?? 0
    expect(isProcessAlive(pid)).toBe(true)

    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited

    expect(isProcessAlive(pid)).toBe(false)
  })

  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux('that has ended is not alive, though its parent has not reaped it', async () => {
    // The shell becomes a program that never waits for the child that it had; only then the child may end.
    const parent = spawn('sh', ['-c', 'cat <&3 >/dev/null & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    })
    try {
      const [line] = (await once(parent.stdio[1] as Readable, 'data')) as [Buffer]
      const pid = Number(line.toString())
      const nameOfParent = (): string => readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim()
      while (nameOfParent() !== 'sleep') await new Promise(setImmediate)
      ;(parent.stdio[3] as Writable).end()
      while (isProcessAlive(pid)) await new Promise(setImmediate)

      expect(() => process.kill(pid, 0)).not.toThrow()
    } finally {
      parent.kill('SIGKILL')
    }
  })
})
