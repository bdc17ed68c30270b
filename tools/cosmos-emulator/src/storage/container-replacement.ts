import { isDeepStrictEqual } from 'node:util'

import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { ContainerDefinition } from './container-definition.ts'

/** Checks that a definition changes nothing of a container that is settled at its creation. @throws ServiceError 400 */
export function checkReplacement(current: ContainerDefinition, next: ContainerDefinition): void {
  if (next.id !== current.id) throw badRequest('The id of a container cannot be changed.')
  if (!isDeepStrictEqual(next.partitionKey.paths, current.partitionKey.paths))
    throw badRequest('Document collection partition key cannot be changed.')
  if (!isDeepStrictEqual(next.uniqueKeyPolicy, current.uniqueKeyPolicy))
    throw badRequest('The unique key policy of a container cannot be changed.')
  if (!isDeepStrictEqual(next.clientEncryptionPolicy, current.clientEncryptionPolicy))
    throw badRequest('The client encryption policy of a container cannot be changed.')
  const embeddings = embeddingsOf(next)
  for (const embedding of embeddingsOf(current))
    if (!embeddings.some((candidate) => isDeepStrictEqual(candidate, embedding)))
      throw badRequest(
        'The vector embedding policy of a container cannot be changed: paths may only be added to it.',
      )
}

function embeddingsOf({ vectorEmbeddingPolicy: policy }: ContainerDefinition): unknown[] {
  const embeddings = isJsonObject(policy) ? policy.vectorEmbeddings : undefined
  return Array.isArray(embeddings) ? embeddings : []
}
