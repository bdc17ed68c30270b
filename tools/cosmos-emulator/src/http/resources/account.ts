import type { Call } from '../call.ts'
import { answer, header } from '../exchange.ts'
import type { Response } from '../exchange.ts'

/** What clients with a query engine of their own set it up with. */
const queryEngineConfiguration = {
  maxSqlQueryInputLength: 524_288,
  maxJoinsPerSqlQuery: 10,
  maxLogicalAndPerSqlQuery: 2000,
  maxLogicalOrPerSqlQuery: 2000,
  maxUdfRefPerSqlQuery: 10,
  maxInExpressionItemsCount: 16_000,
  queryMaxGroupByTableCellCount: 500_000,
  queryMaxInMemorySortDocumentCount: 500,
  maxQueryRequestTimeoutFraction: 0.9,
  sqlAllowNonFiniteNumbers: false,
  sqlAllowAggregateFunctions: true,
  sqlAllowSubQuery: true,
  sqlAllowScalarSubQuery: true,
  allowNewKeywords: true,
  sqlAllowLike: true,
  sqlAllowGroupByClause: true,
  maxSpatialQueryCells: 12,
  spatialMaxGeometryPointCount: 256,
  sqlDisableQueryILOptimization: false,
  sqlDisableFilterPlanOptimization: false,
  sqlAllowTop: true,
  enableSpatialIndexing: true,
}

/** GET `/`: what the account is and where it is reached. The endpoint echoes the request's own scheme and host. */
export function readAccount({ request, settings }: Call): Response {
  const host = header(request, 'host') ?? '127.0.0.1'
  // Clients re-read the account before every operation when the id is "localhost" or a list is empty.
  const locations = [
    { name: 'Local', databaseAccountEndpoint: `${request.isEncrypted ? 'https' : 'http'}://${host}/` },
  ]
  return answer(200, {
    _self: '',
    id: 'cosmos-emulator',
    _rid: 'cosmos-emulator.documents.azure.com',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: locations,
    readableLocations: locations,
    enableMultipleWriteLocations: false,
    continuousBackupEnabled: false,
    enableNRegionSynchronousCommit: false,
    enablePerPartitionFailoverBehavior: false,
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 4 },
    userConsistencyPolicy: { defaultConsistencyLevel: settings.consistencyLevel ?? 'Session' },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 4, asyncReplication: false },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration: JSON.stringify(queryEngineConfiguration),
  })
}
