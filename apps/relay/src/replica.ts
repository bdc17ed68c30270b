import type { CosmosContainerName } from '@zoetrope/contracts'
import { cosmosContainers, err } from '@zoetrope/contracts'
import type { ChangedDocument, ReplicaWriter } from '@zoetrope/store'
import type { connectCosmos } from '@zoetrope/store'
import { cosmosReplicaWriter } from '@zoetrope/store'

type Database = ReturnType<typeof connectCosmos>

/** Copies changed documents into the backup account. */
export interface Replica {
  copy(containerName: CosmosContainerName, documents: readonly ChangedDocument[]): Promise<void>
}

/** Documents copied at the same time; those of one id stay in order, because they follow each other in a feed only once. */
const concurrentCopies = 8

/** The replica of a source database in a target database. */
export function makeReplica(source: Database, target: Database): Replica {
  const writers = new Map<CosmosContainerName, Promise<ReplicaWriter>>()
  const writerOf = (name: CosmosContainerName): Promise<ReplicaWriter> => {
    const known = writers.get(name)
    if (known) return known
    const made = makeWriter(source, target, name)
    writers.set(name, made)
    // A failure is not remembered: the next batch asks again.
    made.catch(() => writers.delete(name))
    return made
  }
  return {
    async copy(containerName, documents) {
      const writer = await writerOf(containerName)
      for (let start = 0; start < documents.length; start += concurrentCopies) {
        await Promise.all(
          documents.slice(start, start + concurrentCopies).map((document) => writer.copy(document)),
        )
      }
    },
  }
}

async function makeWriter(
  source: Database,
  target: Database,
  name: CosmosContainerName,
): Promise<ReplicaWriter> {
  const { resource } = await source.container(name).read()
  if (!resource) throw err('STORE_UNAVAILABLE', { detail: `The container ${name} is not there.` })
  const spec = cosmosContainers.find((container) => container.name === name)
  return cosmosReplicaWriter(target.container(name), {
    containerRid: resource._rid,
    partitionKeyPaths: spec?.partitionKeyPaths ?? [],
  })
}
