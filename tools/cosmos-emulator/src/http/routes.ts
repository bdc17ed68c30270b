import { header, isFlagged, isQuery } from './exchange.ts'
import type { Request } from './exchange.ts'
import { readAccount } from './resources/account.ts'
import { runBatch, runBulk } from './resources/batches.ts'
import { readChangeFeed } from './resources/change-feed.ts'
import { clientEncryptionKeyRules } from './resources/client-encryption-keys.ts'
import { listConflicts, noConflict, queryConflicts } from './resources/conflicts.ts'
import {
  createContainer,
  deleteContainer,
  listContainers,
  queryContainers,
  readContainer,
  replaceContainer,
} from './resources/containers.ts'
import {
  createDatabase,
  deleteDatabase,
  listDatabases,
  queryDatabases,
  readDatabase,
} from './resources/databases.ts'
import { deletePartition } from './resources/delete-partition.ts'
import {
  createDocument,
  deleteDocument,
  listDocuments,
  patchDocument,
  readDocument,
  replaceDocument,
  upsertDocument,
} from './resources/documents.ts'
import { readKeyRanges, splitPartition } from './resources/key-ranges.ts'
import { listOffers, queryOffers, readOffer, replaceOffer } from './resources/offers.ts'
import { permissionRules } from './resources/permissions.ts'
import { planQuery } from './resources/plan-query.ts'
import { queryDocuments } from './resources/query-documents.ts'
import { resourceRoutes } from './resources/resource-routes.ts'
import { storedProcedureRules, triggerRules, userFunctionRules } from './resources/scripts.ts'
import { executeStoredProcedure } from './resources/stored-procedures.ts'
import { userRules } from './resources/users.ts'
import type { Route } from './route.ts'

const container = '/dbs/{database}/colls/{container}'
const documents = `${container}/docs`

/** Everything that the emulator answers. */
export const routes: readonly Route[] = [
  { operation: 'account.read', method: 'GET', path: '/', handle: readAccount },

  { operation: 'databases.list', method: 'GET', path: '/dbs', handle: listDatabases },
  { operation: 'databases.query', method: 'POST', path: '/dbs', when: isQuery, handle: queryDatabases },
  { operation: 'databases.create', method: 'POST', path: '/dbs', handle: createDatabase },
  { operation: 'database.read', method: 'GET', path: '/dbs/{database}', handle: readDatabase },
  { operation: 'database.delete', method: 'DELETE', path: '/dbs/{database}', handle: deleteDatabase },

  { operation: 'containers.list', method: 'GET', path: '/dbs/{database}/colls', handle: listContainers },
  {
    operation: 'containers.query',
    method: 'POST',
    path: '/dbs/{database}/colls',
    when: isQuery,
    handle: queryContainers,
  },
  { operation: 'containers.create', method: 'POST', path: '/dbs/{database}/colls', handle: createContainer },
  { operation: 'container.read', method: 'GET', path: container, handle: readContainer },
  { operation: 'container.replace', method: 'PUT', path: container, handle: replaceContainer },
  { operation: 'container.delete', method: 'DELETE', path: container, handle: deleteContainer },
  { operation: 'container.keyRanges', method: 'GET', path: `${container}/pkranges`, handle: readKeyRanges },
  {
    operation: 'container.deletePartition',
    method: 'POST',
    path: `${container}/operations/partitionkeydelete`,
    handle: deletePartition,
  },
  {
    operation: 'container.splitPartition',
    method: 'POST',
    path: `${container}/operations/splitpartition`,
    handle: splitPartition,
  },

  {
    operation: 'items.changeFeed',
    method: 'GET',
    path: documents,
    when: isChangeFeed,
    handle: readChangeFeed,
  },
  { operation: 'items.list', method: 'GET', path: documents, handle: listDocuments },
  { operation: 'items.queryPlan', method: 'POST', path: documents, when: isPlan, handle: planQuery },
  { operation: 'items.batch', method: 'POST', path: documents, when: isBatch, handle: runBatch },
  { operation: 'items.bulk', method: 'POST', path: documents, when: isBulk, handle: runBulk },
  { operation: 'items.query', method: 'POST', path: documents, when: isQuery, handle: queryDocuments },
  { operation: 'items.upsert', method: 'POST', path: documents, when: isUpsert, handle: upsertDocument },
  { operation: 'items.create', method: 'POST', path: documents, handle: createDocument },
  { operation: 'item.read', method: 'GET', path: `${documents}/{document}`, handle: readDocument },
  { operation: 'item.replace', method: 'PUT', path: `${documents}/{document}`, handle: replaceDocument },
  { operation: 'item.patch', method: 'PATCH', path: `${documents}/{document}`, handle: patchDocument },
  { operation: 'item.delete', method: 'DELETE', path: `${documents}/{document}`, handle: deleteDocument },

  ...resourceRoutes(userRules),
  ...resourceRoutes(permissionRules),
  ...resourceRoutes(clientEncryptionKeyRules),
  ...resourceRoutes(storedProcedureRules),
  {
    operation: 'storedProcedure.execute',
    method: 'POST',
    path: `${container}/sprocs/{storedProcedure}`,
    handle: executeStoredProcedure,
  },
  ...resourceRoutes(triggerRules),
  ...resourceRoutes(userFunctionRules),

  { operation: 'conflicts.list', method: 'GET', path: `${container}/conflicts`, handle: listConflicts },
  {
    operation: 'conflicts.query',
    method: 'POST',
    path: `${container}/conflicts`,
    when: isQuery,
    handle: queryConflicts,
  },
  {
    operation: 'conflict.read',
    method: 'GET',
    path: `${container}/conflicts/{conflict}`,
    handle: noConflict,
  },
  {
    operation: 'conflict.delete',
    method: 'DELETE',
    path: `${container}/conflicts/{conflict}`,
    handle: noConflict,
  },

  { operation: 'offers.list', method: 'GET', path: '/offers', handle: listOffers },
  { operation: 'offers.query', method: 'POST', path: '/offers', when: isQuery, handle: queryOffers },
  { operation: 'offer.read', method: 'GET', path: '/offers/{offer}', handle: readOffer },
  { operation: 'offer.replace', method: 'PUT', path: '/offers/{offer}', handle: replaceOffer },
]

function isPlan(request: Request): boolean {
  return isFlagged(request, 'x-ms-cosmos-is-query-plan-request')
}

function isBatch(request: Request): boolean {
  return isFlagged(request, 'x-ms-cosmos-is-batch-request') && isFlagged(request, 'x-ms-cosmos-batch-atomic')
}

function isBulk(request: Request): boolean {
  return isFlagged(request, 'x-ms-cosmos-is-batch-request')
}

function isUpsert(request: Request): boolean {
  return isFlagged(request, 'x-ms-documentdb-is-upsert')
}

function isChangeFeed(request: Request): boolean {
  return header(request, 'a-im') !== undefined
}
