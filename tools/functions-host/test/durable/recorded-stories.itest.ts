import { afterAll, describe, expect, it, jest } from '@jest/globals'

import { findRecordedPort, Recordings } from '../recordings.ts'
import { RunningHost } from '../running-host.ts'
import { knownDifferences } from './known-differences.ts'

// All take six minutes, most of them spent waiting: ZOETROPE_RECORDED=all asks everything, without it a few groups must do.
const asksAll = process.env['ZOETROPE_RECORDED'] === 'all'
const withinMs = asksAll ? 600_000 : 60_000
jest.setTimeout(withinMs + 20_000)

const recordings = new Recordings('durable')
afterAll(() => recordings[Symbol.dispose]())

const stories = ['--compare', recordings.file('outcomes.json'), '--protocol', recordings.file('protocol')]
const management = ['--suite', 'management', '--compare', recordings.file('management.json')]

const known = new Set(Object.values(knownDifferences).flat())

// Equal answers so far: raise them with every one won. The others are the known ones.
const groups: [string, string[], number][] = asksAll
  ? [
      ['all stories', stories, 784],
      ['the management API', management, 108],
    ]
  : [
      ['rewind', [...stories, '--only', 'rewind'], 14],
      ['status', [...stories, '--only', 'status'], 28],
      ['drift', [...stories, '--only', 'drift'], 7],
      ['keys', [...management, '--only', 'keys'], 1],
    ]

const describeIfThere = recordings.isThere ? describe : describe.skip
describeIfThere('what the real durable extension did', () => {
  it('is done, but for the differences that are known', async () => {
    const app = recordings.copyApp('durable', ['@azure/functions', 'durable-functions'])
    const settings = { FUNCTIONS_SECRETS_PATH: recordings.writeKeys() }
    await using host = await RunningHost.start({ [app]: settings }, '--enableAuth', {
      port: await findRecordedPort(),
    })
    for (const [name, args, leastEqual] of groups) {
      const { equal, different, text } = await recordings.compare(host.url('durable'), args, { withinMs })
      const unknown = [...different].filter((story) => !known.has(story.replace(/^protocol /, '')))
      expect({ [name]: unknown }).toEqual({ [name]: [] })
      if (equal < leastEqual) throw new Error(`${name}: ${equal} equal answers, not ${leastEqual}:\n${text}`)
      expect(equal).toBeGreaterThanOrEqual(leastEqual)
    }
  })
})
