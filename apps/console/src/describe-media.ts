import type { MediaInfo } from '@zoetrope/contracts'

/** The size and length of a file for people, such as `1920 × 1080 · 0:20`. */
export function describeMedia(media: MediaInfo | undefined): string {
  const parts: string[] = []
  if (media?.widthPx && media.heightPx) parts.push(`${media.widthPx} × ${media.heightPx}`)
  if (media?.durationMs) parts.push(formatDuration(media.durationMs))
  return parts.join(' · ')
}

function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000)
  const rest = `${Math.floor((seconds % 3600) / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest.padStart(5, '0')}`
}
