import { describe, expect, it } from '@jest/globals'

import { agoText, durationText, shorten, tableLines } from './durable-text.ts'

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min'],
    [3_599_600, '1 h'],
    [5_025_000, '1 h 23 min'],
    [2_592_000_000, '30 d'],
    [90_000_000, '1 d 1 h'],
  ])('of %d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text)
  })
})

describe('how long ago something was', () => {
  it.each([
    [10_000, 10_400, '0 s ago'],
    [10_000, 9000, '0 s ago'],
    [0, 125_000, '2 min ago'],
    [0, 100_000_000, '1 d ago'],
  ])('from %d to %d is %s', (ms, nowMs, text) => {
    expect(agoText(ms, nowMs)).toBe(text)
  })
})

describe('text in a terminal', () => {
  it('is one line, and cannot steer the terminal', () => {
    expect(shorten('a\n\u001b[2Jb\u009bc', 20)).toBe('a [2Jb c')
    expect(shorten('a long text', 6)).toBe('a lon…')
  })

  it('fits the width: the widest columns that may be cut are', () => {
    const columns = [{ title: 'ID', isCut: true }, { title: 'STATE' }, { title: 'OUTPUT', isCut: true }]
    const lines = tableLines(columns, [['order-1', 'Completed', 'x'.repeat(200)]], 40)

    expect(lines).toEqual(['ID       STATE      OUTPUT', `order-1  Completed  ${'x'.repeat(19)}…`])
  })

  it('keeps columns readable in a terminal that is too narrow', () => {
    const lines = tableLines(
      [{ title: 'ID', isCut: true }, { title: 'STATE' }],
      [['an-instance-id', 'Completed']],
      10,
    )

    expect(lines[1]).toBe('an-inst…  Completed')
  })
})
