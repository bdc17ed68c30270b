import { HostError } from '../../errors.ts'
import type { JsonSection } from '../../config/json-section.ts'
import { parseTimeSpan } from '../../time/time-span.ts'

/** How one host keeps a timer for itself. */
export interface SingletonSettings {
  /** For how long a lease is taken; it is renewed at half of it. 15 to 60 s. */
  readonly periodMs: number
  /** Between two tries of the hosts that wait. */
  readonly pollingMs: number
}

/** Reads `singleton` of host.json. The defaults are shorter than Azure's minute each: whoever restarts a laptop waits. @throws HostError */
export function readSingletonSettings(singleton: JsonSection): SingletonSettings {
  const read = (name: string, fallback: string): number =>
    parseTimeSpan(singleton.text(name) ?? fallback, singleton.place(name))
  const periodMs = read('listenerLockPeriod', '00:00:15')
  if (periodMs < 15_000 || periodMs > 60_000)
    throw new HostError(`${singleton.place('listenerLockPeriod')} must be from 00:00:15 to 00:01:00.`)
  const pollingMs = read('listenerLockRecoveryPollingInterval', '00:00:05')
  if (pollingMs <= 0)
    throw new HostError(
      `${singleton.place('listenerLockRecoveryPollingInterval')} must be longer than nothing.`,
    )
  return { periodMs, pollingMs }
}
