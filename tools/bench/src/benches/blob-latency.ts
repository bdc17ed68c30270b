import type { ContainerClient } from '@azure/storage-blob'
import { BlobServiceClient } from '@azure/storage-blob'

import type { Bench } from '../bench.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, median, toFigure } from '../paired.ts'
import { nowMs, startOf } from '../start-notes.ts'
import { WokenHost } from '../woken-host.ts'

const rounds = 7
const blobsPerSample = 15
const names = { ours: 'host, woken', peer: 'bare read' }

/** A blob committed -> its handler started, with its receipt and its message on the way, beside a read of the blob alone. */
export const blobLatencyBench: Bench = {
  name: 'blob-latency',
  async run() {
    const containerOf = (connection: string): ContainerClient =>
      BlobServiceClient.fromConnectionString(connection).getContainerClient('ours')
    await using host = await WokenHost.start((connection) => containerOf(connection).create())
    const container = containerOf(host.storage.connection)
    const latencies = await measurePaired(
      [hostContender(container, host.notesFile), readContender(container)],
      { rounds },
    )
    return [
      toFigure(latencies, names, {
        measure: 'blob committed -> handler started',
        unit: 'ms',
        target: { of: 'ours', atMost: 50 },
      }),
    ]
  },
}

/** Each sample: the middle latency of some blobs, one after the other, ms from the answer to the upload. */
function hostContender(container: ContainerClient, notesFile: string): Contender {
  return {
    name: names.ours,
    sample: () =>
      medianOfBlobs(async (id) => {
        await container.getBlockBlobClient(id).upload(id, id.length)
        const committedMs = nowMs()
        return (await startOf(id, notesFile)) - committedMs
      }),
  }
}

/** The same of somebody who knows of the blob and reads it. */
function readContender(container: ContainerClient): Contender {
  return {
    name: names.peer,
    sample: () =>
      medianOfBlobs(async (id) => {
        // No name that the function takes.
        const blob = container.getBlockBlobClient(`unseen/${id}`)
        await blob.upload(id, id.length)
        const committedMs = nowMs()
        await blob.downloadToBuffer()
        return nowMs() - committedMs
      }),
  }
}

async function medianOfBlobs(measure: (id: string) => Promise<number>): Promise<number> {
  const latencies: number[] = []
  for (let n = 0; n < blobsPerSample; n += 1) latencies.push(await measure(`b-${crypto.randomUUID()}`))
  return median(latencies)
}
