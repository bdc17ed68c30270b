import { describe, expect, it } from '@jest/globals'

import { waitForRole } from './wait-for-role.ts'

const noRole = Object.assign(new Error('principal [x] does not have required RBAC permissions'), {
  code: 403,
})
const firewall = Object.assign(new Error('blocked by your Cosmos DB account firewall settings'), {
  code: 403,
})

describe('waitForRole', () => {
  it('tries again with growing pauses, and says what it waits for', async () => {
    const pausesMs: number[] = []
    const said: string[] = []
    let failures = 7

    const answer = await waitForRole(
      async () => {
        if (failures-- > 0) throw new Error('wrapped', { cause: noRole })
        return 'done'
      },
      { say: (text) => said.push(text), sleep: async (ms) => pausesMs.push(ms) },
    )

    expect(answer).toBe('done')
    expect(pausesMs).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    expect(said[0]).toMatch(/role assignment/)
    expect(said[2]).toBe('  ... not yet, after 3 s')
  })

  it('gives up in the end', async () => {
    let sleptMs = 0
    const options = {
      say: () => undefined,
      limitMs: 60_000,
      sleep: async (ms: number) => (sleptMs += ms),
    }

    await expect(waitForRole(() => Promise.reject(noRole), options)).rejects.toBe(noRole)
    expect(sleptMs).toBeGreaterThanOrEqual(60_000)
    expect(sleptMs).toBeLessThan(100_000)
  })

  it('waits for nothing else, not even for a firewall', async () => {
    const options = { say: () => undefined, sleep: () => Promise.reject(new Error('slept')) }

    await expect(waitForRole(() => Promise.reject(firewall), options)).rejects.toBe(firewall)
  })
})
