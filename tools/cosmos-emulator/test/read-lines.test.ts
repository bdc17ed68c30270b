import { describe, expect, it } from '@jest/globals'
import { array, assert, asyncProperty, nat, string } from 'fast-check'

import { readLines } from '../src/transfer/read-lines.ts'

async function linesOf(chunks: Buffer[]): Promise<string[]> {
  const lines: string[] = []
  for await (const { number, text } of readLines(toStream(chunks))) lines.push(`${number}: ${text}`)
  return lines
}

async function* toStream(chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

describe('the lines of a stream', () => {
  it('are the same wherever it is cut, in the middle of a letter too', async () => {
    const line = string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/\r?\n|\r/g, ' '))
    await assert(
      asyncProperty(array(line), array(nat(400)), async (lines, cuts) => {
        const bytes = Buffer.from(lines.join('\n'))
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))

        const wanted = lines.flatMap((text, index) =>
          text.trim() === '' ? [] : [`${index + 1}: ${text.trim()}`],
        )
        expect(await linesOf(chunks)).toEqual(wanted)
      }),
      { numRuns: 200 },
    )
  })

  it('that are longer than any document are refused by their number, before they fill the memory', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    let asked = 0
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('{}\n')
      for (; ; asked += 1) yield chunk
    }
    const reading = (async () => {
      for await (const line of readLines(endless())) expect(line.number).toBe(1)
    })()

    await expect(reading).rejects.toThrow('Line 2 is longer than 16 MB.')
    expect(asked).toBeLessThan(20)
  })
})
