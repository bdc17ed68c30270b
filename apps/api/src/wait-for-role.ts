import { setTimeout as delay } from 'node:timers/promises'

/** How often and how long to try. */
export interface RoleWait {
  /** Hears what is waited for. */
  readonly say: (text: string) => void
  /** At most so long, ms. A role takes effect within ten minutes. */
  readonly limitMs?: number
  readonly sleep?: (ms: number) => Promise<unknown>
}

const firstDelayMs = 1_000
const maxDelayMs = 30_000

/**
 * Does work in Cosmos DB as soon as the role for it has taken effect: it is tried again, after 1 s, 2 s, 4 s, ... at most 30 s, while the account says
 * that the caller lacks a role. Every other error is the caller's. The work must be repeatable.
 */
export async function waitForRole<T>(work: () => Promise<T>, options: RoleWait): Promise<T> {
  const { say, limitMs = 600_000, sleep = delay } = options
  let waitedMs = 0
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
    try {
      return await work()
    } catch (error) {
      if (!lacksRole(error) || waitedMs >= limitMs) throw error
      if (waitedMs === 0)
        say('Waiting until the role assignment takes effect in Cosmos DB; it may take up to ten minutes ...')
      else say(`  ... not yet, after ${Math.round(waitedMs / 1000)} s`)
      await sleep(delayMs)
      waitedMs += delayMs
    }
  }
}

/** Whether Cosmos DB refused because the caller has no role for it (and not because of a firewall, which answers 403 too). */
export function lacksRole(error: unknown): boolean {
  const { code, message = '' } = ((error as Error).cause ?? error) as { code?: unknown; message?: string }
  return code === 403 && /RBAC|role/i.test(message) && !/firewall/i.test(message)
}
