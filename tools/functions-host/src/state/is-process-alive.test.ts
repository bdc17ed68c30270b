import { describe, expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'

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
    // The shell becomes a program that never waits for the child that it had.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 30'])
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString())
      while (isProcessAlive(pid)) await new Promise(setImmediate)

      expect(() => process.kill(pid, 0)).not.toThrow()
    } finally {
      parent.kill('SIGKILL')
    }
  })
})
