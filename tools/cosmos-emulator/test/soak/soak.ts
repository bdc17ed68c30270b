// `npm run soak -- --kills 2000`: kills emulators under load for as long as one likes, and prints a table.
import { parseArgs, styleText } from 'node:util'

import { runKills } from '../crash/run-kills.ts'
import type { KillFigures } from '../crash/run-kills.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '30' },
    streams: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const kills = toNumber('kills')
const streams = toNumber('streams')
const seed = toNumber('seed')
const startedAtMs = Date.now()
const untilMs = startedAtMs + toNumber('minutes') * 60_000
const reportEvery = 100

console.log(
  `Up to ${kills} kills in ${streams} streams; seed ${seed}. Each start checks everything that was acknowledged.`,
)
const latest: KillFigures[] = []
try {
  const all = await Promise.all(
    Array.from({ length: streams }, async (_, at) =>
      runKills({
        kills: Math.ceil(kills / streams),
        seed: seed + at,
        untilMs,
        onKill: (figures) => {
          latest[at] = figures
          const done = sum(latest, 'kills')
          if (done % reportEvery === 0) console.log(`${done} kills, ${secondsSince(startedAtMs)} s`)
        },
      }),
    ),
  )
  console.table({
    kills: sum(all, 'kills'),
    'of them at a start': sum(all, 'killsAtStart'),
    'acknowledged steps': sum(all, 'acknowledgedSteps'),
    'verifications of all data': sum(all, 'verifications'),
    'integrity checks': sum(all, 'integrityChecks'),
    seconds: secondsSince(startedAtMs),
  })
  console.log('Nothing acknowledged was lost, and nothing was stored by half.')
} catch (error) {
  console.error(styleText('red', `After ${sum(latest, 'kills')} kills of seed ${seed}:`), error)
  process.exit(1)
}

function toNumber(name: keyof typeof values): number {
  const number = Number(values[name])
  if (Number.isInteger(number) && number > 0) return number
  console.error(`--${name} must be a whole number above zero, not '${values[name]}'.`)
  process.exit(1)
}

function sum(figures: readonly KillFigures[], name: keyof KillFigures): number {
  return figures.reduce((total, each) => total + each[name], 0)
}

function secondsSince(ms: number): number {
  return Math.round((Date.now() - ms) / 1000)
}
