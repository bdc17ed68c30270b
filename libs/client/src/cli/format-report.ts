import type { RenditionBody } from '@zoetrope/contracts'
import type { createColors } from 'picocolors'

import { formatMoney, formatSize } from '../format-amounts.ts'
import type { FileResult } from './file-result.ts'

type Colors = ReturnType<typeof createColors>

/** The results as text: per file its state, its cost, and each rendition with its URL and size. */
export function formatReport(results: readonly FileResult[], colors: Colors): string {
  const parts = results.map((result) => {
    const state = result.state === 'succeeded' ? colors.green(result.state) : colors.red(result.state)
    const cost = result.cost ? `  cost ${formatMoney(result.cost)}` : ''
    const lines = [`${colors.bold(result.file)}  ${state}${cost}`]
    if (result.error) {
      const retry = result.error.retry ? 'trying again may help' : 'trying again will not help'
      lines.push(`  ${result.error.code}: ${result.error.detail ?? result.error.title} (${retry})`)
    }
    const inOrder = result.renditions.toSorted((a, b) => rankOf(a) - rankOf(b))
    lines.push(...inOrder.map((rendition) => `  ${formatRendition(rendition, colors)}`))
    if (result.folder) lines.push(`  ${colors.dim(`saved in ${result.folder}`)}`)
    return `${lines.join('\n')}\n`
  })
  return `\n${parts.join('\n')}`
}

/** Packages first, then pictures by size; what has no picture at the end. */
function rankOf({ kind, media }: RenditionBody): number {
  return kind === 'package' ? -1 : (media?.widthPx ?? Number.MAX_SAFE_INTEGER)
}

function formatRendition(
  { name, kind, state, media, sizeBytes, url, error }: RenditionBody,
  colors: Colors,
): string {
  const picture = media?.widthPx && media.heightPx ? `${media.widthPx}x${media.heightPx}` : ''
  const facts = [picture, sizeBytes === undefined ? '' : formatSize(sizeBytes)].filter(Boolean).join(', ')
  const where = url ? colors.cyan(url) : ''
  const what = state === 'ready' ? facts : `${state}${error ? ` ${error.code}` : ''}`
  return `${kind.padEnd(11)} ${name.padEnd(14)} ${what.padEnd(20)} ${where}`.trimEnd()
}
