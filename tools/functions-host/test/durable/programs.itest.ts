import { describe, expect, it, jest } from '@jest/globals'
import { runProperty } from './programs/property-run.ts'

jest.setTimeout(3_600_000)

describe('random orchestrators', () => {
  it('end as foretold in every order of completions and events; the numbers of the SDK are the ids of the host at every episode', async () => {
    const report = await runProperty('orders', 50)
    expect(report).not.toHaveProperty('failure')
    expect(report['comparedIds']).toBeGreaterThan(100)
  })

  it('end the same when the process dies after any commit or in the middle of one; nothing that was recorded is lost or done again', async () => {
    const report = await runProperty('crashes', 4)
    expect(report).not.toHaveProperty('failure')
    expect(report['crashes']).toBeGreaterThan(20)
  })

  it('are never stuck, however they are suspended, terminated, rewound, purged and started again; every answer and state is a legal one', async () => {
    const report = await runProperty('controls', 40)
    expect(report).not.toHaveProperty('failure')
    expect(report['controls']).toBeGreaterThan(50)
  })
})
