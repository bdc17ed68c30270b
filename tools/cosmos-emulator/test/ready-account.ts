import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** An account as the line that announces it says. */
export interface ReadyAccount {
  account: string
  endpoint: string
  httpsEndpoint?: string
  key: string
}

/** The first account of an emulator that runs as a program: waits until it answers. */
export async function readyAccount(child: ChildProcess): Promise<ReadyAccount> {
  if (!child.stdout) throw new Error('The output of the emulator is not read.')
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /^Emulator ready: (.*)$/.exec(line)?.[1]
    if (found === undefined) continue
    child.stdout.resume()
    return JSON.parse(found) as ReadyAccount
  }
  throw new Error('The emulator ended before it was ready.')
}
