import type { AssetDocument } from '@zoetrope/contracts'
import { AssetBody } from '@zoetrope/contracts'

/** An asset as the API shows it. */
export function toAssetBody(asset: AssetDocument, deliveryUrl: string): AssetBody {
  const { source, playbackId, media, error } = asset
  const playbackUrl = `${deliveryUrl}/p/${playbackId}`
  return AssetBody.parse({
    id: asset.assetId,
    state: asset.state,
    readyToPlay: asset.readyToPlay,
    mediaType: asset.mediaType,
    jobId: asset.jobId,
    ...(source.filename ? { filename: source.filename } : {}),
    contentType: source.contentType,
    sizeBytes: source.sizeBytes,
    labels: asset.labels,
    ...(media ? { media } : {}),
    ...(playbackId && asset.readyToPlay
      ? {
          playback: {
            id: playbackId,
            hlsUrl: `${playbackUrl}/master.m3u8`,
            dashUrl: `${playbackUrl}/manifest.mpd`,
          },
        }
      : {}),
    ...(error ? { error } : {}),
    createdAt: asset.createdAt,
    updatedAt: asset.updatedAt,
  })
}
