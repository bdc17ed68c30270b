import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { sendSigned } from '../signed-request.ts'
import type { Account, RawAnswer, RawRequest } from '../signed-request.ts'

const cli = join(import.meta.dirname, '../../src/cli.ts')

/** Sends a signed request to the emulator that is up now. */
export type Send = (method: string, path: string, request?: RawRequest) => Promise<RawAnswer>

/** An emulator in a process of its own, which may be killed at any moment. */
export interface ChildEmulator {
  account: Account
  send: Send
  /** SIGKILL, without waiting. */
  kill: () => void
  /** SIGTERM, and the exit code. */
  stop: () => Promise<number | null>
  ended: Promise<void>
}

/** Starts the command line on a folder; undefined where it is killed after this time, before it was ready. */
export async function startChild(
  folder: string,
  { cacheFolder, killAfterMs }: { cacheFolder: string; killAfterMs?: number },
): Promise<ChildEmulator | undefined> {
  const child = spawn(process.execPath, [cli, 'start', '--data', join(folder, 'data'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
  })
  const exit = once(child, 'exit') as Promise<[number | null]>
  const early = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('Emulator ready: ')) continue
    if (early) break
    const account = JSON.parse(line.slice('Emulator ready: '.length)) as Account
    const agent = new Agent({ keepAlive: true })
    const ended = exit.then(() => agent.destroy())
    return {
      account,
      send: async (method, path, request) => sendSigned(account, method, path, { agent, ...request }),
      kill: () => child.kill('SIGKILL'),
      stop: async () => {
        agent.destroy()
        child.kill('SIGTERM')
        return (await exit)[0]
      },
      ended,
    }
  }
  if (killAfterMs === undefined) throw new Error('The emulator ended before it was ready.')
  await exit
  return undefined
}

/** Lets Node compile the emulator once for all starts: a process that is killed leaves no compiled code behind. */
export async function compileOnce(cacheFolder: string): Promise<void> {
  const child = spawn(process.execPath, [cli, '--help'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_COMPILE_CACHE: cacheFolder },
  })
  await once(child, 'exit')
}

/** Whether a request failed because the other side is gone. */
export function isGone(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ECONNABORTED'].includes(String(code))
}
