import { Packet } from 'node-av/lib'

import { frameTime, openDecoder } from './frame-decoder.ts'
import type { FrameDecoder } from './frame-decoder.ts'
import type { MediaSource } from './media-source.ts'
import { compareTicks } from './time-base.ts'
import type { TimeBase } from './time-base.ts'
import type { SourceTracks } from './track.ts'

/** An instant: ticks of a time base. */
export interface Instant {
  readonly ticks: bigint
  readonly timeBase: TimeBase
}

/** When the first frame of each track is shown or heard. Absent: no frame came out. */
export interface FirstFrames {
  readonly video?: Instant
  readonly audio?: Instant
}

/** A track that gives no frame in so many packets is not decodable. */
const packetsTried = 600

/** Finds the first frame of each track by decoding, packet by packet, as few as it takes. */
export class FirstFrameFinder implements Disposable {
  readonly #searches: {
    kind: 'video' | 'audio'
    index: number
    decoder: FrameDecoder
    timeBase: TimeBase
    tried: number
  }[] = []
  readonly #found: { video?: Instant; audio?: Instant } = {}

  constructor(source: MediaSource, tracks: SourceTracks) {
    for (const kind of ['video', 'audio'] as const) {
      const track = tracks[kind]
      const stream = source.streams.find(({ index }) => index === track?.index)
      if (track && stream) {
        const decoder = openDecoder(stream, 1)
        this.#searches.push({ kind, index: track.index, decoder, timeBase: track.timeBase, tried: 0 })
      }
    }
  }

  /** True when there is nothing left to look for. */
  get isDone(): boolean {
    return this.#searches.length === 0
  }

  get found(): FirstFrames {
    return this.#found
  }

  /** Looks at the next packet of the source; null at its end. */
  take(packet: Packet | null): void {
    for (const search of this.#searches.slice()) {
      if (packet && packet.streamIndex !== search.index) continue
      search.tried += 1
      for (const frame of search.decoder.decode(packet)) {
        const ticks = frameTime(frame)
        if (ticks === undefined) continue
        this.#found[search.kind] = { ticks, timeBase: search.timeBase }
        break
      }
      if (this.#found[search.kind] || search.tried >= packetsTried) this.#drop(search)
    }
  }

  #drop(search: { decoder: FrameDecoder }): void {
    search.decoder[Symbol.dispose]()
    this.#searches.splice(
      this.#searches.findIndex((other) => other === search),
      1,
    )
  }

  [Symbol.dispose](): void {
    for (const { decoder } of this.#searches) decoder[Symbol.dispose]()
    this.#searches.length = 0
  }
}

/** Reads a source from its start until the first frame of each track is known. The source is then no longer at its start. */
export function findFirstFrames(source: MediaSource, tracks: SourceTracks): FirstFrames {
  using finder = new FirstFrameFinder(source, tracks)
  using packet = new Packet()
  packet.alloc()
  while (!finder.isDone && source.read(packet)) finder.take(packet)
  if (!finder.isDone) finder.take(null)
  return finder.found
}

/**
 * The instant that becomes zero in everything made of this source: the first frame of picture or sound, whichever is
 * earlier. Each operation finds the same one by itself, so that files made by different tasks fit together.
 */
export function originOf(first: FirstFrames): Instant | undefined {
  const { video, audio } = first
  if (!video || !audio) return video ?? audio
  return compareTicks(video.ticks, video.timeBase, audio.ticks, audio.timeBase) <= 0 ? video : audio
}
