import { setImmediate as nextTurn } from 'node:timers/promises'

/** Hears how far an operation is, 0 to 100, rising. */
export type OnProgress = (percent: number) => void

/** Says how far an operation is by the time stamps that pass, and lets the process breathe. */
export interface ProgressMeter {
  /** Called for each frame with its time since the origin. */
  tick(doneMs: number): Promise<void>
  end(): void
}

const framesPerTurn = 8

/** Makes a meter for something that is `totalMs` long; without a total only the end is told. */
export function progressMeter(totalMs: number, onProgress: OnProgress | undefined): ProgressMeter {
  let frames = 0
  let last = -1
  const say = (percent: number): void => {
    if (percent <= last) return
    last = percent
    onProgress?.(percent)
  }
  return {
    async tick(doneMs) {
      frames += 1
      if (totalMs > 0) say(Math.max(0, Math.min(99, Math.floor((doneMs * 100) / totalMs))))
      if (frames % framesPerTurn === 0) await nextTurn()
    },
    end() {
      say(100)
    },
  }
}
