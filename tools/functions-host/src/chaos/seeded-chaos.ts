import { createHash } from 'node:crypto'

import type { Log } from '../logging/log.ts'
import type { Chaos, ChaosAct } from './chaos.ts'

/** How many of the subjects of an act are struck, 0 to 1. */
const shares: Readonly<Record<ChaosAct, number>> = {
  'queue message twice': 0.2,
  'queue message late': 0.2,
  'change batch twice': 0.2,
  'event twice': 0.2,
  'activity twice': 0.2,
  'episode late': 0.1,
  'instance killed': 0.02,
}

/** Longest delay, ms. */
const longestDelayMs = 1500
/** Subjects whose turns are remembered; the oldest is forgotten first. */
const mostSubjects = 100_000

/**
 * Chaos by a seed. Each decision follows from the seed, the act, the subject and how often that one has come, and from nothing else:
 * the same messages meet the same fate in every round with a seed, in whatever order and however fast they come.
 */
export function seededChaos(seed: number, log: Log): Chaos {
  const turns = new Map<string, number>()

  /** The how manieth time it is, from 0, and two numbers from 0 to below 1: whether, and how much. */
  function draw(act: ChaosAct, subject: string): { turn: number; whether: number; howMuch: number } {
    const key = digestOf(`${act}\n${subject}`).toString('base64')
    const turn = turns.get(key) ?? 0
    turns.delete(key)
    turns.set(key, turn + 1)
    const [oldest] = turns.keys()
    if (turns.size > mostSubjects && oldest !== undefined) turns.delete(oldest)
    const digest = digestOf(`${seed} ${turn} ${key}`)
    return { turn, whether: digest.readUInt32LE(0) / 2 ** 32, howMuch: digest.readUInt32LE(4) / 2 ** 32 }
  }

  const tell = (what: string, subject: string, turn: number): void =>
    log(
      'info',
      `Chaos ${seed}: ${what}: ${subject.slice(0, 200)}${turn === 0 ? '' : ` (time ${turn + 1})`}`,
      'Host.Chaos',
    )

  return {
    strikes(act, describe) {
      const subject = describe()
      const { turn, whether } = draw(act, subject)
      const isStruck = whether < shares[act]
      if (isStruck) tell(act, subject, turn)
      return isStruck
    },
    delayMs(act, describe) {
      const subject = describe()
      const { turn, whether, howMuch } = draw(act, subject)
      if (whether >= shares[act]) return 0
      const delayMs = 1 + Math.floor(howMuch * longestDelayMs)
      tell(`${act} by ${delayMs} ms`, subject, turn)
      return delayMs
    },
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
