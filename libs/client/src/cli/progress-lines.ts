import { MultiBar } from 'cli-progress'

/** One live line: the progress of one file's job. */
export interface ProgressLine {
  show(phase: string, percent: number, etaSeconds?: number): void
  end(state: string): void
}

/** The live lines of several files. */
export interface ProgressLines {
  of(index: number): ProgressLine
  stop(): void
}

interface ProgressOptions {
  readonly labels: readonly string[]
  readonly isSilent: boolean
}

/** Live bars on a terminal; elsewhere a line per phase and per ten percent, so that logs stay short. */
export function createProgressLines({ labels, isSilent }: ProgressOptions): ProgressLines {
  if (isSilent) return { of: () => ({ show: () => undefined, end: () => undefined }), stop: () => undefined }
  return process.stderr.isTTY ? createBars(labels) : createPlainLines(labels)
}

function createBars(labels: readonly string[]): ProgressLines {
  const width = Math.min(32, Math.max(...labels.map((label) => label.length)))
  const bars = new MultiBar({
    format: '  {label}  {bar} {percent} %  {phase}  {eta_text}',
    barsize: 28,
    hideCursor: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    formatBar: (progress, options) => {
      const size = options.barsize ?? 28
      const filled = Math.round(progress * size)
      return `${'█'.repeat(filled)}${'░'.repeat(size - filled)}`
    },
    forceRedraw: true,
    linewrap: false,
  })
  const lines = labels.map((label) => {
    const text = label.length > width ? `${label.slice(0, width - 1)}…` : label.padEnd(width)
    const bar = bars.create(100, 0, { label: text, percent: '  0', phase: 'waiting', eta_text: '' })
    const update = (phase: string, percent: number, note: string): void => {
      bar.update(percent, {
        label: text,
        percent: String(Math.floor(percent)).padStart(3),
        phase,
        eta_text: note,
      })
    }
    return {
      show: (phase: string, percent: number, etaSeconds?: number) =>
        update(phase, percent, etaText(etaSeconds)),
      end: (state: string) => update(state, 100, ''),
    }
  })
  return {
    of: (index) => lines[index] ?? { show: () => undefined, end: () => undefined },
    stop: () => bars.stop(),
  }
}

function createPlainLines(labels: readonly string[]): ProgressLines {
  const lines = labels.map((label) => {
    let last = ''
    return {
      show: (phase: string, percent: number, etaSeconds?: number) => {
        const step = `${phase} ${Math.floor(percent / 10)}`
        if (step === last) return
        last = step
        process.stderr.write(
          `  ${label}  ${phase}  ${Math.floor(percent)} %  ${etaText(etaSeconds)}`.trimEnd().concat('\n'),
        )
      },
      end: (state: string) => process.stderr.write(`  ${label}  ${state}\n`),
    }
  })
  return {
    of: (index) => lines[index] ?? { show: () => undefined, end: () => undefined },
    stop: () => undefined,
  }
}

function etaText(etaSeconds: number | undefined): string {
  if (etaSeconds === undefined) return ''
  const seconds = Math.ceil(etaSeconds)
  return seconds < 60 ? `${seconds} s left` : `${Math.floor(seconds / 60)} min ${seconds % 60} s left`
}
