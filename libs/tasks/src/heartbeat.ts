import type { TaskProgress } from '@zoetrope/contracts'

/** Says at once, and then at every beat, that a task is alive and how far it is. */
export interface Heartbeat extends Disposable {
  /** How far the task is as a whole. A new phase is said at once, a new percentage within `progressMs`. */
  readonly report: (phase: string, percent: number) => void
}

/** How a heart beats. */
export interface HeartbeatOptions {
  readonly heartbeatMs: number
  /** Between two beats, progress is said at most this often. */
  readonly progressMs: number
  readonly now: () => number
  readonly say: (progress: TaskProgress) => Promise<void>
  /** Looked at with every beat. */
  readonly look: () => Promise<void>
}

/** Starts a heart, once its first beat is said. Later beats that fail are dropped: the next one tells more. */
export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  let progress: TaskProgress = { phase: 'starting', percent: 0 }
  let phaseStart = { atMs: options.now(), percent: 0 }
  let beating: Promise<unknown> = Promise.resolve()
  let saidAtMs = options.now()
  let isStopped = false
  const beat = (): void => {
    saidAtMs = options.now()
    beating = beating.then(async () => {
      if (!isStopped) await Promise.allSettled([options.say(progress), options.look()])
    })
  }
  await options.say(progress)
  const timer = setInterval(beat, options.heartbeatMs)
  return {
    report(phase, percent) {
      const isNewPhase = phase !== progress.phase
      const isFurther = Math.floor(percent) > Math.floor(progress.percent)
      if (isNewPhase) phaseStart = { atMs: options.now(), percent }
      const etaSeconds = extrapolate(phaseStart, percent, options.now())
      progress = { phase, percent: round(percent), ...(etaSeconds === undefined ? {} : { etaSeconds }) }
      if (isNewPhase || (isFurther && options.now() - saidAtMs >= options.progressMs)) beat()
    },
    [Symbol.dispose]() {
      isStopped = true
      clearInterval(timer)
    },
  }
}

/** Seconds left, going on as since the beginning of the phase; unknown in its first second. */
function extrapolate(
  start: { readonly atMs: number; readonly percent: number },
  percent: number,
  nowMs: number,
): number | undefined {
  const elapsedMs = nowMs - start.atMs
  if (percent - start.percent < 1 || elapsedMs < 1000) return undefined
  return Math.round((elapsedMs * (100 - percent)) / (percent - start.percent) / 1000)
}

function round(percent: number): number {
  return Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10
}
