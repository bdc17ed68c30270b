import type { Call } from './call.ts'
import { answer, header } from './exchange.ts'
import type { Response } from './exchange.ts'

/** GET `/`: what the account is and where it is reached. The endpoint echoes the request's own scheme and host. */
export function readAccount({ request }: Call): Response {
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
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 4, asyncReplication: false },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration:
      '{"maxSqlQueryInputLength":524288,"maxJoinsPerSqlQuery":10,"maxLogicalAndPerSqlQuery":2000,"maxLogicalOrPerSqlQuery":2000,"sqlAllowTop":true,"sqlAllowSubQuery":true}',
  })
}
