import { describe, expect, it, jest } from '@jest/globals'
import { runProperty } from './programs/property-run.ts'

jest.setTimeout(3_600_000)

describe('random orchestrators', () => {
  it('end as foretold in every order of completions and events; the numbers of the SDK are the ids of the host at every episode', async () => {
    const report = await runProperty('orders', 60)
    expect(report).not.toHaveProperty('failure')
    expect(report['comparedIds']).toBeGreaterThan(100)
  })
})
