import type {
  AssetDocument,
  ListQuery,
  Page,
  RenditionDocument,
  RenditionFileBody,
  TaskOutput,
} from '@zoetrope/contracts'
import { err, RenditionManifest } from '@zoetrope/contracts'

import { renditionUrl } from './to-rendition-body.ts'
import type { Deps } from './wiring.ts'

/** One page of the files of a rendition, by name: from the manifest that its task committed beside them. */
export async function listRenditionFiles(
  deps: Pick<Deps, 'renditions' | 'settings'>,
  rendition: RenditionDocument,
  asset: AssetDocument,
  query: ListQuery,
): Promise<Page<RenditionFileBody>> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor)
  const outputs = await readOutputs(deps, rendition)
  const files = outputs
    .flatMap((output) => toFile(output, rendition, asset, deps.settings.deliveryUrl))
    .filter(({ name }) => after === undefined || name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const data = files.slice(0, query.limit)
  const last = data.at(-1)
  return files.length > data.length && last
    ? { data, nextCursor: Buffer.from(last.name).toString('base64url') }
    : { data }
}

async function readOutputs(
  deps: Pick<Deps, 'renditions'>,
  { tenantId, contentKey, manifestBlob, state }: RenditionDocument,
): Promise<readonly TaskOutput[]> {
  const blob = manifestBlob ?? (contentKey ? `${tenantId}/${contentKey}/manifest.json` : undefined)
  if (!blob || state !== 'ready') return []
  const text = await deps.renditions.readText(blob)
  return text === undefined ? [] : RenditionManifest.parse(JSON.parse(text)).outputs
}

/** A package shows all of its files; anything else only its own one, since one task may have made several renditions. */
function toFile(
  output: TaskOutput,
  rendition: RenditionDocument,
  asset: AssetDocument,
  deliveryUrl: string,
): RenditionFileBody[] {
  const { contentType, sizeBytes, sha256 } = output
  if (rendition.renditionKind === 'package') {
    const folder = `${rendition.prefix}/`
    if (!asset.playbackId || !output.blob.startsWith(folder)) return []
    const name = output.blob.slice(folder.length)
    const path = name.split('/').map(encodeURIComponent).join('/')
    return [{ name, url: `${deliveryUrl}/p/${asset.playbackId}/${path}`, contentType, sizeBytes, sha256 }]
  }
  const url = renditionUrl(rendition, asset, deliveryUrl)
  if (!url || output.blob !== rendition.blob) return []
  return [{ name: rendition.name, url, contentType, sizeBytes, sha256 }]
}

function decodeCursor(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString('utf8')
  if (name === '' || Buffer.from(name).toString('base64url') !== cursor) throw err('CURSOR_INVALID')
  return name
}
