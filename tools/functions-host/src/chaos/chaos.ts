import type { Clock } from '../time/clock.ts'

/** What may be done to an app that the cloud does too, and a laptop hardly ever. */
export type ChaosAct =
  | 'queue message twice'
  | 'queue message late'
  | 'change batch twice'
  | 'event twice'
  | 'activity twice'
  | 'episode late'
  | 'instance killed'

/** Decides what is done to which message, batch or invocation. `subject`: what it is, in words that are the same in each round. */
export interface Chaos {
  /** Whether it is done to the subject this time. */
  strikes(act: ChaosAct, subject: () => string): boolean
  /** How long the subject is held up this time, ms; 0: not at all. */
  delayMs(act: ChaosAct, subject: () => string): number
}

/** Nothing is done to anything. */
export const calm: Chaos = {
  strikes: () => false,
  delayMs: () => 0,
}

const never = new AbortController().signal

/** Holds a subject up, where that is its fate. */
export async function holdUp(
  { chaos, clock }: { readonly chaos: Chaos; readonly clock: Clock },
  act: ChaosAct,
  subject: () => string,
): Promise<void> {
  const delayMs = chaos.delayMs(act, subject)
  if (delayMs > 0) await clock.delay(delayMs, never)
}
