import { err } from '@zoetrope/contracts'

import { box, fullBox, u32, u64 } from './write-box.ts'

/** One access unit, in decoding order, with the time at which it is shown (ticks of the track). */
export interface Sample {
  readonly data: Buffer
  readonly presentationTicks: bigint
  readonly isKeyframe: boolean
}

/** A CMAF fragment to be written: samples in decoding order, shown from the earliest of them until `endTicks`. */
export interface Fragment {
  readonly sequenceNumber: number
  readonly samples: readonly Sample[]
  readonly endTicks: bigint
  /** Delay that the track's edit list takes off again; 0 where samples are shown in the order of decoding. */
  readonly reorderTicks: number
}

const defaultBaseIsMoof = 0x020000
const withDataOffset = 0x1
const withDurations = 0x100
const withSizes = 0x200
const withFlags = 0x400
const withCompositionOffsets = 0x800
const keyframeFlags = 0x02000000
const otherFlags = 0x01010000

/**
 * Writes one fragment: `moof` + `mdat`.
 *
 * Decoding begins exactly when the fragment's first sample is shown and its durations reach exactly to the next
 * fragment, so that lengths add up at any frame rate.
 */
export function writeFragment({ sequenceNumber, samples, endTicks, reorderTicks }: Fragment): Buffer {
  const decodeTicks = decodingTimes(
    samples.map(({ presentationTicks }) => presentationTicks),
    BigInt(reorderTicks),
  )
  const hasOffsets = reorderTicks > 0
  const hasFlags = samples.some(({ isKeyframe }) => !isKeyframe)
  const rows = samples.map(({ data, presentationTicks, isKeyframe }, index) => {
    const start = decodeTicks[index] ?? presentationTicks
    const durationTicks = Number((decodeTicks[index + 1] ?? endTicks) - start)
    // Time stamps that jump by hours: what MP4 cannot hold (32 bits) no player would wait for either.
    if (durationTicks > 0xffff_ffff) throw err('SOURCE_CORRUPT', { detail: 'The times of the file jump.' })
    return Buffer.concat([
      u32(durationTicks, data.length),
      ...(hasFlags ? [u32(isKeyframe ? keyframeFlags : otherFlags)] : []),
      ...(hasOffsets ? [u32(Number(presentationTicks + BigInt(reorderTicks) - start))] : []),
    ])
  })
  const flags =
    withDataOffset |
    withDurations |
    withSizes |
    (hasFlags ? withFlags : 0) |
    (hasOffsets ? withCompositionOffsets : 0)
  const moofWith = (dataOffset: number): Buffer =>
    box(
      'moof',
      fullBox('mfhd', {}, u32(sequenceNumber)),
      box(
        'traf',
        fullBox('tfhd', { flags: defaultBaseIsMoof | 0x20 }, u32(1, keyframeFlags)),
        fullBox('tfdt', { version: 1 }, u64(decodeTicks[0] ?? 0n)),
        fullBox('trun', { flags }, u32(samples.length, dataOffset), ...rows),
      ),
    )
  const moof = moofWith(moofWith(0).length + 8)
  return Buffer.concat([moof, box('mdat', ...samples.map(({ data }) => data))])
}

/**
 * Decoding times for samples in decoding order: rising, none later than its picture is shown plus the delay, and
 * otherwise as late as the presentation times in order allow. The first is the first presentation time.
 */
function decodingTimes(presentation: readonly bigint[], delay: bigint): bigint[] {
  const times = presentation.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  let latest: bigint | undefined
  for (let index = times.length - 1; index >= 0; index -= 1) {
    const own = (presentation[index] ?? 0n) + delay
    latest = latest === undefined || own < latest - 1n ? own : latest - 1n
    const inOrder = times[index] ?? own
    times[index] = inOrder < latest ? inOrder : latest
  }
  return times
}
