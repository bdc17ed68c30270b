import { formatMoney, formatSize, isEnded } from '@zoetrope/client'
import type { AssetBody, RenditionBody } from '@zoetrope/contracts'
import type { VNode } from 'preact'

import { describeMedia } from './describe-media.ts'
import { assets, jobsByAsset, renditionsOf } from './library.ts'
import { lookNow } from './look-now.ts'
import { ProgressBar } from './progress-bar.tsx'
import { client } from './session.ts'
import { StateBadge } from './state-badge.tsx'
import { VideoPlayer } from './video-player.tsx'

export function AssetPage({ assetId }: { readonly assetId: string }): VNode {
  const asset = (assets.value ?? []).find(({ id }) => id === assetId)
  if (!asset) return <p class="faint">{assets.value ? 'There is no such asset.' : 'Looking …'}</p>
  const job = jobsByAsset.value.get(assetId)
  const renditions = renditionsOf(assetId)
  const poster = renditions.find(({ kind, state }) => kind === 'poster' && state === 'ready')
  const largest = renditions
    .filter(({ kind, state, url }) => kind === 'image' && state === 'ready' && url)
    .toSorted((a, b) => (b.media?.widthPx ?? 0) - (a.media?.widthPx ?? 0))[0]
  return (
    <article class="asset" data-asset={asset.id}>
      <p>
        <a href="#/assets">← Assets</a>
      </p>
      <header class="row">
        <h1>{asset.filename ?? asset.id}</h1>
        <StateBadge state={asset.state} />
        <span class="gap" />
        <DeleteButton asset={asset} />
      </header>
      {job && !isEnded(job) && (
        <ProgressBar
          percent={job.progress?.percent ?? 0}
          phase={job.progress?.phase ?? job.state}
          etaSeconds={job.progress?.etaSeconds}
        />
      )}
      {asset.error && (
        <p class="banner" role="alert">
          <b>{asset.error.code}</b> {asset.error.detail ?? asset.error.title}
        </p>
      )}
      {asset.playback && asset.readyToPlay ? (
        <VideoPlayer
          url={asset.playback.hlsUrl}
          posterUrl={poster?.url}
          isAudio={asset.mediaType === 'audio'}
        />
      ) : (
        largest?.url && <img class="hero" src={largest.url} alt={asset.filename ?? ''} />
      )}
      <section class="columns">
        <Facts asset={asset} cost={job?.cost ? formatMoney(job.cost) : undefined} />
        <Renditions renditions={renditions} />
      </section>
    </article>
  )
}

function Facts({ asset, cost }: { readonly asset: AssetBody; readonly cost: string | undefined }): VNode {
  const { media, playback } = asset
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Type', asset.contentType],
    ['Picture and length', describeMedia(media)],
    ['Source size', formatSize(asset.sizeBytes)],
    ['Codecs', [media?.videoCodec, media?.audioCodec].filter(Boolean).join(', ')],
    ['Cost', cost],
    ['Uploaded', new Date(asset.createdAt).toLocaleString()],
    ['Id', asset.id],
    ['HLS', playback?.hlsUrl],
    ['DASH', playback?.dashUrl],
  ]
  return (
    <dl class="facts panel">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value?.startsWith('http') ? <a href={value}>{value}</a> : value}</dd>
          </div>
        ))}
    </dl>
  )
}

function Renditions({ renditions }: { readonly renditions: readonly RenditionBody[] }): VNode {
  return (
    <div class="panel">
      <h2>Renditions</h2>
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <th>Kind</th>
            <th>Picture</th>
            <th class="number">Size</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {renditions.map(({ id, name, kind, state, url, media, sizeBytes, error }) => (
            <tr key={id}>
              <td>{url && kind !== 'package' ? <a href={url}>{name}</a> : name}</td>
              <td>{kind}</td>
              <td>{describeMedia(media)}</td>
              <td class="number">{sizeBytes === undefined ? '' : formatSize(sizeBytes)}</td>
              <td title={error?.detail ?? error?.title}>
                <StateBadge state={state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function DeleteButton({ asset }: { readonly asset: AssetBody }): VNode {
  const remove = async (): Promise<void> => {
    if (!confirm(`Delete ${asset.filename ?? asset.id} and everything made of it?`)) return
    await client.value?.deleteAsset(asset.id)
    location.hash = '#/assets'
    lookNow()
  }
  return (
    <button type="button" class="plain" onClick={() => void remove()}>
      Delete
    </button>
  )
}
