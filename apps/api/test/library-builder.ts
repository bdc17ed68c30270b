import type { AssetDocument, AssetId, RenditionDocument, TenantId } from '@zoetrope/contracts'
import { deriveId, mintId } from '@zoetrope/contracts'
import { newDocument } from '@zoetrope/store'
import { until } from '@zoetrope/test-kit'

import type { RunningApi } from './running-api.ts'

/** Writes assets and renditions as ingest and workflows leave them. */
export class LibraryBuilder {
  readonly #api: RunningApi
  readonly #tenantId: TenantId

  constructor(api: RunningApi, tenantId: TenantId) {
    this.#api = api
    this.#tenantId = tenantId
  }

  /** A ready asset with its source blob; `uploadOf`: the one that belongs to an upload. */
  async asset(given: Partial<AssetDocument> & { readonly uploadOf?: AssetId } = {}): Promise<AssetDocument> {
    const { uploadOf, ...fields } = given
    const assetId = uploadOf ?? mintId('ast')
    const blob = `${this.#tenantId}/${assetId}/upl_${assetId.slice(4)}`
    const written = await this.#api.azurite
      .blobs('uploads')
      .write(blob, 'photo', { contentType: 'image/jpeg' })
    const etag = written === 'refused' ? '' : written.etag
    const asset: AssetDocument = {
      ...newDocument(new Date()),
      id: assetId,
      kind: 'asset',
      tenantId: this.#tenantId,
      assetId,
      state: 'ready',
      readyToPlay: false,
      mediaType: 'image',
      jobId: mintId('job'),
      source: { container: 'uploads', blob, etag, sizeBytes: 5, contentType: 'image/jpeg' },
      labels: {},
      ...fields,
    }
    await this.#api.store.library.create([this.#tenantId, assetId], asset)
    return asset
  }

  async rendition(
    asset: AssetDocument,
    name: string,
    fields: Partial<RenditionDocument> = {},
  ): Promise<RenditionDocument> {
    const { tenantId, assetId, jobId } = asset
    const rendition: RenditionDocument = {
      ...newDocument(new Date()),
      id: deriveId('rnd', assetId, name),
      kind: 'rendition',
      tenantId,
      assetId,
      jobId,
      run: 1,
      taskId: mintId('tsk'),
      name,
      renditionKind: 'image',
      state: 'ready',
      blob: `${tenantId}/key/run/${name}`,
      contentType: 'image/webp',
      ...fields,
    }
    await this.#api.store.library.create([tenantId, assetId], rendition)
    return rendition
  }

  /** A package of three files with the manifest that its task committed. */
  async packageRendition(asset: AssetDocument): Promise<void> {
    const prefix = `${asset.tenantId}/key/execution`
    const manifestBlob = `${asset.tenantId}/key/manifest.json`
    const outputs = ['master.m3u8', 'manifest.mpd', 'video/seg 1.m4s'].map((name) => ({
      name,
      blob: `${prefix}/${name}`,
      contentType: 'video/mp4',
      sizeBytes: 10,
      sha256: '0'.repeat(64),
    }))
    const manifest = {
      contractVersion: 1,
      contentKey: 'key',
      executionId: 'execution',
      taskId: mintId('tsk'),
      operation: 'video.package',
      operationVersion: '1',
      outputs,
      usage: [],
      createdAt: new Date().toISOString(),
    }
    const text = JSON.stringify(manifest)
    await this.#api.azurite.blobs('renditions').write(manifestBlob, text, { contentType: 'application/json' })
    const blob = `${prefix}/master.m3u8`
    await this.rendition(asset, 'package', { renditionKind: 'package', prefix, manifestBlob, blob })
  }

  async until(what: string, look: () => Promise<boolean>): Promise<void> {
    await until(look, { what })
  }
}
