import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { durableNames } from '../src/durable-names.ts'

const source = join(import.meta.dirname, '..', 'src')
const read = (file: string): string => readFileSync(join(source, file), 'utf8')
const activities = readdirSync(join(source, 'activities'))
const orchestrations = readdirSync(join(source, 'orchestrations'))

// An unknown name hangs an orchestration for ever on the real extension, without an error.
describe('the name of a durable function', () => {
  const registrations = [
    ...activities.map((file) => read(`activities/${file}`)),
    read('orchestrations/register.ts'),
  ].join('\n')
  const registered = [
    ...registrations.matchAll(/df\.app\.(?:activity|orchestration)\(durableNames\.(\w+)/g),
  ].map((match) => match[1])

  it.each(Object.keys(durableNames))('%s is registered once', (key) => {
    expect(registered.filter((name) => name === key)).toHaveLength(1)
  })

  it('comes from the list wherever one is called', () => {
    const calls = orchestrations.flatMap((file) => [
      ...read(`orchestrations/${file}`).matchAll(/\.call\w+\(([^,)]+)/g),
    ])

    expect(calls.length).toBeGreaterThan(3)
    for (const call of calls) expect(call[1]).toMatch(/^durableNames\.\w+$/)
  })

  it('is in a file that main.ts loads', () => {
    const main = read('main.ts')

    for (const file of activities) expect(main).toContain(`./activities/${file}`)
    for (const file of readdirSync(join(source, 'functions'))) expect(main).toContain(`./functions/${file}`)
  })
})
