import type { VNode } from 'preact'

interface ProgressBarProps {
  readonly percent: number
  readonly phase: string
  readonly etaSeconds?: number | undefined
}

export function ProgressBar({ percent, phase, etaSeconds }: ProgressBarProps): VNode {
  return (
    <span class="bar">
      <progress max={100} value={percent} aria-label={phase} />
      <span class="faint">
        <b class="percent">{Math.floor(percent)} %</b> {phase}
        {etaSeconds !== undefined && `, ${formatEta(etaSeconds)}`}
      </span>
    </span>
  )
}

function formatEta(etaSeconds: number): string {
  const seconds = Math.ceil(etaSeconds)
  return seconds < 60 ? `${seconds} s left` : `${Math.floor(seconds / 60)} min ${seconds % 60} s left`
}
