import { err } from '@zoetrope/contracts'
import { AV_NOPTS_VALUE } from 'node-av/constants'
import { Packet } from 'node-av/lib'

import type { MediaInput } from './media-input.ts'
import { openSource } from './media-source.ts'
import { ticksToMs } from './time-base.ts'

const tolerated = 0.9
const toleratedMs = 1000

/**
 * Refuses a source that ends well before the duration that it states. Other streams (subtitles, further languages) may
 * be the ones that last so long: they are looked at before a source is refused.
 *
 * @throws SOURCE_TRUNCATED
 */
export async function refuseCutOff(input: MediaInput, statedMs: number, measuredMs: number): Promise<void> {
  const isShort = (endMs: number): boolean => endMs < statedMs * tolerated && statedMs - endMs > toleratedMs
  if (!isShort(measuredMs)) return
  const endMs = Math.max(measuredMs, await lastInstantMs(input))
  if (!isShort(endMs)) return
  const seconds = (ms: number): string => (ms / 1000).toFixed(1)
  throw err('SOURCE_TRUNCATED', {
    detail: `The file states ${seconds(statedMs)} s and holds ${seconds(endMs)} s.`,
  })
}

async function lastInstantMs(input: MediaInput): Promise<number> {
  using source = await openSource(input)
  using packet = new Packet()
  packet.alloc()
  let endMs = 0
  while (source.read(packet)) {
    const stream = source.streams[packet.streamIndex]
    const ticks = packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts
    if (stream && ticks !== AV_NOPTS_VALUE)
      endMs = Math.max(endMs, ticksToMs(ticks + packet.duration, stream.timeBase))
  }
  return endMs
}
