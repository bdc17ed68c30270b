import { describe, expect, it, jest } from '@jest/globals'
import { seededRandom } from '../seeded-random.ts'
import { runKilledLoad } from './programs/killed-load.ts'

jest.setTimeout(600_000)

// The long round: DURABLE_LOAD=500 DURABLE_KILLS=60; SEED repeats one.
const { DURABLE_LOAD = '60', DURABLE_KILLS = '6' } = process.env
const isLong = 'DURABLE_KILLS' in process.env

describe('orchestrations of mixed shapes on three instances', () => {
  it('all end as if nothing had happened, though an instance is killed again and again, and the host too', async () => {
    const { random, seed } = seededRandom()
    const report = await runKilledLoad({
      orchestrations: Number(DURABLE_LOAD),
      kills: Number(DURABLE_KILLS),
      intervalMs: isLong ? 1000 : 500,
      hostEvery: isLong ? 10 : 4,
      workMs: isLong ? 60 : 20,
      random,
      seed,
    })
    if (isLong) process.stdout.write(`${JSON.stringify({ seed, ...report })}\n`)
    expect({ seed, wrong: report.wrong }).toEqual({ seed, wrong: [] })
    expect(report.hostKills).toBeGreaterThan(0)
    expect(report.instanceKills).toBeGreaterThan(1)
  })
})
