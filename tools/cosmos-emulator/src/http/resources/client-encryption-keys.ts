import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import type { JsonObject } from '../../json.ts'
import { databaseOf } from '../call.ts'
import type { ResourceRules } from './resource-routes.ts'

/** Wrapped keys by which clients encrypt properties of documents. The service only keeps them. */
export const clientEncryptionKeyRules: ResourceRules = {
  kind: 'clientencryptionkeys',
  names: { one: 'clientEncryptionKey', many: 'clientEncryptionKeys' },
  plural: 'ClientEncryptionKeys',
  path: '/dbs/{database}/clientencryptionkeys',
  parentOf: (call) => {
    const { rid } = databaseOf(call)
    return { rid, self: `dbs/${rid}/` }
  },
  toContent: checkKey,
}

function checkKey({
  encryptionAlgorithm,
  keyWrapMetadata,
  wrappedDataEncryptionKey,
}: JsonObject): JsonObject {
  if (typeof encryptionAlgorithm !== 'string' || encryptionAlgorithm === '')
    throw badRequest('A client encryption key must name its encryptionAlgorithm.')
  if (typeof wrappedDataEncryptionKey !== 'string' || wrappedDataEncryptionKey === '')
    throw badRequest('A client encryption key must hold its wrappedDataEncryptionKey, as base64.')
  if (!isJsonObject(keyWrapMetadata))
    throw badRequest('A client encryption key must have keyWrapMetadata, a JSON object.')
  return { encryptionAlgorithm, keyWrapMetadata, wrappedDataEncryptionKey }
}
