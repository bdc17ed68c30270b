import { formatSize, isEnded } from '@zoetrope/client'
import type { AssetBody } from '@zoetrope/contracts'
import type { VNode } from 'preact'

import { describeMedia } from './describe-media.ts'
import { jobsByAsset, renditionsOf } from './library.ts'
import { ProgressBar } from './progress-bar.tsx'
import { StateBadge } from './state-badge.tsx'

const glyphs = { image: '▦', video: '▶', audio: '♪', pdf: '▤', unknown: '?' } as const

export function AssetCard({ asset }: { readonly asset: AssetBody }): VNode {
  const job = jobsByAsset.value.get(asset.id)
  const name = asset.filename ?? asset.id
  return (
    <li class="card panel" data-asset={asset.id}>
      <a href={`#/assets/${asset.id}`}>
        <Thumbnail asset={asset} />
        <span class="caption">
          <span class="name" title={name}>
            {name}
          </span>
          {job && !isEnded(job) ? (
            <ProgressBar
              percent={job.progress?.percent ?? 0}
              phase={job.progress?.phase ?? job.state}
              etaSeconds={job.progress?.etaSeconds}
            />
          ) : (
            <span class="faint row">
              <StateBadge state={asset.state} />
              {[describeMedia(asset.media), formatSize(asset.sizeBytes)].filter(Boolean).join(' · ')}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}

/** The smallest picture there is; its blurred placeholder below it until it is loaded. */
function Thumbnail({ asset }: { readonly asset: AssetBody }): VNode {
  const pictures = renditionsOf(asset.id).filter(
    ({ kind, state, url }) => (kind === 'image' || kind === 'poster') && state === 'ready' && url,
  )
  const smallest = pictures.toSorted((a, b) => (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0))[0]
  const { placeholderDataUri, dominantColor } = asset.media ?? {}
  const background = placeholderDataUri ? `center / cover url("${placeholderDataUri}")` : dominantColor
  return (
    <span class="thumb" style={background ? { background } : {}}>
      {smallest?.url ? (
        <img src={smallest.url} alt="" loading="lazy" decoding="async" />
      ) : (
        <span class="glyph" aria-hidden="true">
          {glyphs[asset.mediaType]}
        </span>
      )}
      {asset.mediaType === 'video' && <span class="kind">video</span>}
      {asset.mediaType === 'audio' && <span class="kind">audio</span>}
    </span>
  )
}
