import type { AssetDocument, RenditionDocument } from '@zoetrope/contracts'
import { RenditionBody } from '@zoetrope/contracts'

/** A rendition as the API shows it, with its public address. */
export function toRenditionBody(
  rendition: RenditionDocument,
  asset: AssetDocument,
  deliveryUrl: string,
): RenditionBody {
  const url = renditionUrl(rendition, asset, deliveryUrl)
  return RenditionBody.parse({
    ...rendition,
    kind: rendition.renditionKind,
    ...(url ? { url } : {}),
  })
}

/** Where delivery serves the main file; undefined while there is none. */
export function renditionUrl(
  rendition: RenditionDocument,
  asset: AssetDocument,
  deliveryUrl: string,
): string | undefined {
  const { tenantId, assetId, name, state, blob, contentKey, renditionKind } = rendition
  if (state !== 'ready') return undefined
  if (renditionKind === 'package')
    return asset.playbackId ? `${deliveryUrl}/p/${asset.playbackId}/master.m3u8` : undefined
  if (!blob) return undefined
  const version = contentKey ? `?v=${contentKey.slice(0, 8)}` : ''
  return `${deliveryUrl}/i/${tenantId}/${assetId}/${encodeURIComponent(name)}${version}`
}
