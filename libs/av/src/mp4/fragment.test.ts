import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'

import { writeFragment } from './fragment.ts'
import type { Sample } from './fragment.ts'
import { findBox, readBoxes } from './read-box.ts'

/** Presentation times in an order of decoding that is at most two pictures away from that of showing. */
const pictures = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([gaps, step]) => {
    const times: bigint[] = []
    for (const gap of gaps) times.push((times.at(-1) ?? 90_000n) + BigInt(gap))
    const order = times.map((_, index) => index)
    for (let at = 1; step > 0 && at + 1 < order.length; at += step + 1) {
      const [early = at] = order.splice(at, 1)
      order.splice(Math.min(at + 1, order.length), 0, early)
    }
    return { order, times, endTicks: (times.at(-1) ?? 0n) + 100n }
  })

function parse(bytes: Buffer) {
  const moof = findBox(bytes, 'moof')!
  const run = findBox(moof, 'traf trun')!
  const flags = run.readUInt32BE(0) & 0xffffff
  const columns = [0x100, 0x200, 0x400, 0x800].filter((flag) => flags & flag)
  const count = run.readUInt32BE(4)
  let decode = findBox(moof, 'traf tfdt')!.readBigUInt64BE(4)
  const samples = Array.from({ length: count }, (_, index) => {
    const cell = (flag: number): number =>
      columns.includes(flag) ? run.readUInt32BE(12 + (index * columns.length + columns.indexOf(flag)) * 4) : 0
    const sample = {
      decode,
      duration: BigInt(cell(0x100)),
      sizeBytes: cell(0x200),
      offset: BigInt(cell(0x800)),
    }
    decode += sample.duration
    return sample
  })
  return { samples, endTicks: decode, dataOffset: run.readInt32BE(8) }
}

describe('a fragment', () => {
  it('begins when its first picture is shown, lasts to the next, and shows every picture at its time', () => {
    fc.assert(
      fc.property(pictures, fc.integer({ min: 0, max: 20_000 }), ({ order, times, endTicks }, delay) => {
        const reorderTicks = delay + 2 * times.length
        const samples: Sample[] = order.map((index) => ({
          data: Buffer.alloc(1 + (index % 7), index),
          presentationTicks: times[index]!,
          isKeyframe: index === 0,
        }))
        const bytes = writeFragment({ sequenceNumber: 1, samples, endTicks, reorderTicks })
        const parsed = parse(bytes)

        expect(parsed.samples[0]!.decode).toBe(times[0])
        expect(parsed.endTicks).toBe(endTicks)
        for (const [index, sample] of parsed.samples.entries()) {
          expect(sample.duration).toBeGreaterThan(0n)
          expect(sample.decode + sample.offset - BigInt(reorderTicks)).toBe(samples[index]!.presentationTicks)
          expect(sample.sizeBytes).toBe(samples[index]!.data.length)
        }
        expect(bytes.subarray(parsed.dataOffset)).toEqual(Buffer.concat(samples.map(({ data }) => data)))
      }),
    )
  })

  it('is one moof and one mdat', () => {
    const sample = { data: Buffer.from('x'), presentationTicks: 0n, isKeyframe: true }

    const bytes = writeFragment({ sequenceNumber: 7, samples: [sample], endTicks: 1024n, reorderTicks: 0 })

    expect(readBoxes(bytes).map(({ type }) => type)).toEqual(['moof', 'mdat'])
    expect(findBox(bytes, 'moof mfhd')!.readUInt32BE(4)).toBe(7)
  })
})
