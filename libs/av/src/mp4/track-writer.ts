import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

import { err } from '@zoetrope/contracts'

import { writeFragment } from './fragment.ts'
import type { Sample } from './fragment.ts'
import { writeInitSegment } from './init-segment.ts'
import type { InitSegment } from './init-segment.ts'
import type { TrackDescription } from './track-description.ts'

/** What stands in a finished track file. */
export interface WrittenTrack {
  readonly samples: number
  readonly fragments: number
  readonly startTicks: bigint
  readonly endTicks: bigint
  readonly sizeBytes: number
}

/** Writes one track as an initialisation segment and fragments, in one file, holding one fragment in memory. */
export class TrackWriter implements AsyncDisposable {
  readonly #file: FileHandle
  readonly #durationOffset: number
  readonly #reorderTicks: number
  #pending: Sample[] = []
  #samples = 0
  #fragments = 0
  #startTicks: bigint | undefined
  #sizeBytes: number

  private constructor(file: FileHandle, track: TrackDescription, init: InitSegment) {
    this.#file = file
    this.#durationOffset = init.durationOffset
    this.#reorderTicks = track.kind === 'video' ? track.reorderTicks : 0
    this.#sizeBytes = init.bytes.length
  }

  /** Begins a file. */
  static async create(path: string, track: TrackDescription): Promise<TrackWriter> {
    const init = writeInitSegment(track)
    const file = await open(path, 'w')
    await file.write(init.bytes, 0, init.bytes.length, 0)
    return new TrackWriter(file, track, init)
  }

  /** Adds a sample; `startsFragment` ends the fragment before it (the sample must be a keyframe). */
  async write(sample: Sample, startsFragment: boolean): Promise<void> {
    if (startsFragment && this.#pending.length > 0) await this.#flush(sample.presentationTicks)
    this.#pending.push(sample)
  }

  /** Writes what is left, shown until `endTicks`, and the duration. */
  async finish(endTicks: bigint): Promise<WrittenTrack> {
    if (this.#pending.length > 0) await this.#flush(endTicks)
    if (this.#startTicks === undefined) throw err('SOURCE_CORRUPT', { detail: 'No frame came out.' })
    const duration = Buffer.alloc(8)
    duration.writeBigUInt64BE(endTicks)
    await this.#file.write(duration, 0, 8, this.#durationOffset)
    return {
      samples: this.#samples,
      fragments: this.#fragments,
      startTicks: this.#startTicks,
      endTicks,
      sizeBytes: this.#sizeBytes,
    }
  }

  async #flush(endTicks: bigint): Promise<void> {
    this.#fragments += 1
    const first = this.#pending.reduce(
      (least, { presentationTicks }) => (presentationTicks < least ? presentationTicks : least),
      this.#pending[0]?.presentationTicks ?? 0n,
    )
    this.#startTicks ??= first
    const bytes = writeFragment({
      sequenceNumber: this.#fragments,
      samples: this.#pending,
      endTicks,
      reorderTicks: this.#reorderTicks,
    })
    await this.#file.write(bytes, 0, bytes.length, this.#sizeBytes)
    this.#sizeBytes += bytes.length
    this.#samples += this.#pending.length
    this.#pending = []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}
