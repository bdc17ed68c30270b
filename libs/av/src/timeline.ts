import { AV_NOPTS_VALUE } from 'node-av/constants'
import type { Packet } from 'node-av/lib'

import { rescaleTicks } from './time-base.ts'
import type { TimeBase } from './time-base.ts'

/** Lets the times of a source run on where they begin anew or leap: moves the packets of the followed tracks. */
export interface Timeline {
  /** Must see every packet of every followed track, in the order of the file. */
  place(packet: Packet): void
}

/** What {@link openTimeline} follows. */
export interface FollowedTrack {
  readonly index: number
  readonly timeBase: TimeBase
}

interface TrackState {
  readonly timeBase: TimeBase
  /** Of the last packet, moved; undefined before the first. */
  lastUs: bigint | undefined
  durationUs: bigint
  shiftUs: bigint
}

const fineBase = { num: 1, den: 1_000_000 }
const maxBackUs = 1_000_000n
const maxLeapUs = 10_000_000n
/** As near as this to its last packet, a packet belongs to that part of the source. */
const nearUs = 500_000n
const shiftsKept = 8

/**
 * Recorders write several recordings into one file (`cat a.ts b.ts`), or begin to count anew in the middle. The packet
 * that shows it starts a new shift, by which the part follows all that came before; tracks change over to it one by one,
 * as the last packets of the old part may come after the first of the new one. Since every operation follows the same
 * tracks, each comes to the same shifts by itself.
 *
 * `closesLeaps`: in containers without an index a leap ahead is a new count too; elsewhere it is a film that stands still.
 */
export function openTimeline(
  tracks: readonly FollowedTrack[],
  options: { readonly closesLeaps: boolean },
): Timeline {
  const states = new Map<number, TrackState>(
    tracks.map(({ index, timeBase }) => [
      index,
      { timeBase, lastUs: undefined, durationUs: 0n, shiftUs: 0n },
    ]),
  )
  // Transport clocks carry decoding times, which never fall: there less is enough to show a short part behind a short one.
  const backUs = options.closesLeaps ? nearUs : maxBackUs
  const shifts = [0n]
  let newestUs = 0n
  let endUs: bigint | undefined

  /** How far a packet would stand behind the last one of its track; undefined where it cannot stand there. */
  const distance = (state: TrackState, timeUs: bigint, shiftUs: bigint): bigint | undefined => {
    const movedUs = timeUs + shiftUs
    const aheadUs = movedUs - (state.lastUs ?? movedUs)
    if (aheadUs < -backUs) return undefined
    if (options.closesLeaps && movedUs - (endUs ?? movedUs) > maxLeapUs) return undefined
    return aheadUs < 0n ? -aheadUs : aheadUs
  }

  const shiftFor = (state: TrackState, timeUs: bigint): bigint | undefined => {
    const currentUs = state.lastUs === undefined ? newestUs : state.shiftUs
    const current = distance(state, timeUs, currentUs)
    if (current !== undefined && current <= maxBackUs) return currentUs
    const others = shifts
      .map((shiftUs) => ({ shiftUs, away: distance(state, timeUs, shiftUs) }))
      .filter((other): other is { shiftUs: bigint; away: bigint } => other.away !== undefined)
      .toSorted((a, b) => (a.away < b.away ? -1 : a.away > b.away ? 1 : 0))
    const [nearest] = others
    if (nearest && nearest.away <= nearUs) return nearest.shiftUs
    return current === undefined ? nearest?.shiftUs : currentUs
  }

  return {
    place(packet) {
      const state = states.get(packet.streamIndex)
      const ticks = packet.dts === AV_NOPTS_VALUE ? packet.pts : packet.dts
      if (!state || ticks === AV_NOPTS_VALUE) return
      const timeUs = rescaleTicks(ticks, state.timeBase, fineBase)
      const shownTicks = packet.pts === AV_NOPTS_VALUE ? ticks : packet.pts
      const shownUs = rescaleTicks(shownTicks, state.timeBase, fineBase)
      let shiftUs = shiftFor(state, timeUs)
      if (shiftUs === undefined) {
        // The new part begins where everything that came before has ended.
        shiftUs = (endUs ?? 0n) - shownUs
        shifts.push(shiftUs)
        if (shifts.length > shiftsKept) shifts.shift()
      }
      const movedUs = timeUs + shiftUs
      if (packet.duration > 0n) state.durationUs = rescaleTicks(packet.duration, state.timeBase, fineBase)
      else if (state.lastUs !== undefined && movedUs > state.lastUs && movedUs - state.lastUs < maxBackUs)
        state.durationUs = movedUs - state.lastUs
      state.lastUs = movedUs
      state.shiftUs = shiftUs
      newestUs = shiftUs
      const packetEndUs = shownUs + shiftUs + state.durationUs
      if (endUs === undefined || packetEndUs > endUs) endUs = packetEndUs
      if (shiftUs === 0n) return
      const shiftTicks = rescaleTicks(shiftUs, fineBase, state.timeBase)
      if (packet.pts !== AV_NOPTS_VALUE) packet.pts += shiftTicks
      if (packet.dts !== AV_NOPTS_VALUE) packet.dts += shiftTicks
    },
  }
}
