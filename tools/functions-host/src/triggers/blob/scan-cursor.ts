import { text } from 'node:stream/consumers'

import type { ContainerClient } from '@azure/storage-blob'

import { createWhenMissing, isMissing } from '../../storage/create-when-missing.ts'

/** How far a container was looked through, kept where Azure's host keeps it: `azure-webjobs-hosts/blobscaninfo/.../scanInfo`. */
export class ScanCursor {
  readonly #hosts: ContainerClient
  readonly #name: string

  constructor(hosts: ContainerClient, place: { hostId: string; account: string; container: string }) {
    this.#hosts = hosts
    this.#name = `blobscaninfo/${place.hostId}/${place.account}/${place.container}/scanInfo`
  }

  /** ms; 0 when nothing was looked through yet. */
  async read(): Promise<number> {
    try {
      const { readableStreamBody } = await this.#hosts.getBlobClient(this.#name).download()
      const content = readableStreamBody ? await text(readableStreamBody) : ''
      const latest = Date.parse((JSON.parse(content) as { LatestScan: string }).LatestScan)
      return Number.isNaN(latest) ? 0 : latest
    } catch (error) {
      // A note that cannot be read costs a look at each receipt, nothing more.
      if (error instanceof SyntaxError || isMissing(error)) return 0
      throw error
    }
  }

  async write(cursorMs: number): Promise<void> {
    const content = JSON.stringify({ LatestScan: new Date(cursorMs).toISOString() })
    await createWhenMissing(
      () => this.#hosts.getBlockBlobClient(this.#name).upload(content, content.length),
      () => this.#hosts.createIfNotExists(),
    )
  }
}
