/** A role as Azure defines it: what it lets its holder do, at its scope and below. */
export interface RoleDefinition {
  /** GUID of the built-in role; the last part of the id of a Cosmos DB data-plane role. */
  readonly id: string
  readonly name: string
  /** Actions and data actions, in one list: no name is in both. `*` stands for anything. */
  readonly grants: readonly string[]
}

const blobService = 'Microsoft.Storage/storageAccounts/blobServices'
const containers = `${blobService}/containers`
const delegation = `${blobService}/generateUserDelegationKey/action`
const queues = 'Microsoft.Storage/storageAccounts/queueServices/queues'
const tables = 'Microsoft.Storage/storageAccounts/tableServices/tables'
const cosmos = 'Microsoft.DocumentDB/databaseAccounts'
const cosmosContainers = `${cosmos}/sqlDatabases/containers`

/**
 * The built-in roles that we assign, and no others
 * (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles,
 * https://learn.microsoft.com/azure/cosmos-db/reference-data-plane-security).
 */
export const roleDefinitions = {
  blobDataOwner: {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    name: 'Storage Blob Data Owner',
    grants: [`${containers}/*`, delegation],
  },
  blobDataContributor: {
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    name: 'Storage Blob Data Contributor',
    grants: [
      ...of(containers, 'delete', 'read', 'write'),
      ...of(`${containers}/blobs`, 'delete', 'read', 'write', 'move/action', 'add/action'),
      delegation,
    ],
  },
  blobDataReader: {
    id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    name: 'Storage Blob Data Reader',
    grants: [`${containers}/read`, `${containers}/blobs/read`, delegation],
  },
  blobDelegator: {
    id: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a',
    name: 'Storage Blob Delegator',
    grants: [delegation],
  },
  queueDataContributor: {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    name: 'Storage Queue Data Contributor',
    grants: [
      ...of(queues, 'delete', 'read', 'write'),
      ...of(`${queues}/messages`, 'delete', 'read', 'write', 'process/action'),
    ],
  },
  queueDataMessageSender: {
    id: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a',
    name: 'Storage Queue Data Message Sender',
    grants: [`${queues}/messages/add/action`],
  },
  tableDataContributor: {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    name: 'Storage Table Data Contributor',
    grants: [
      ...of(tables, 'read', 'write', 'delete'),
      ...of(`${tables}/entities`, 'read', 'write', 'delete', 'add/action', 'update/action'),
    ],
  },
  durableTaskDataContributor: {
    id: '0ad04412-c4d5-4796-b79c-f76d14c8d402',
    name: 'Durable Task Data Contributor',
    grants: ['Microsoft.DurableTask/*'],
  },
  monitoringMetricsPublisher: {
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    name: 'Monitoring Metrics Publisher',
    grants: ['Microsoft.Insights/Metrics/Write', 'Microsoft.Insights/Telemetry/Write'],
  },
  keyVaultSecretsUser: {
    id: '4633458b-17de-408a-b874-0445c86b69e6',
    name: 'Key Vault Secrets User',
    grants: of('Microsoft.KeyVault/vaults/secrets', 'getSecret/action', 'readMetadata/action'),
  },
  acrPull: {
    id: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
    name: 'AcrPull',
    grants: ['Microsoft.ContainerRegistry/registries/pull/read'],
  },
  cosmosDataReader: {
    id: '00000000-0000-0000-0000-000000000001',
    name: 'Cosmos DB Built-in Data Reader',
    grants: [
      `${cosmos}/readMetadata`,
      ...of(cosmosContainers, 'executeQuery', 'readChangeFeed', 'items/read'),
    ],
  },
  cosmosDataContributor: {
    id: '00000000-0000-0000-0000-000000000002',
    name: 'Cosmos DB Built-in Data Contributor',
    grants: [`${cosmos}/readMetadata`, `${cosmosContainers}/*`],
  },
} as const satisfies Record<string, RoleDefinition>

/** A role by the name that it has here. */
export type RoleKey = keyof typeof roleDefinitions

/** The role with this GUID, if we know it. */
export function roleById(id: string): RoleKey | undefined {
  return (Object.keys(roleDefinitions) as RoleKey[]).find(
    (key) => roleDefinitions[key].id === id.toLowerCase(),
  )
}

/** Whether a role lets its holder do an action. */
export function isGranted(role: RoleKey, action: string): boolean {
  return roleDefinitions[role].grants.some((grant) =>
    grant.endsWith('*') ? action.startsWith(grant.slice(0, -1)) : grant === action,
  )
}

function of(prefix: string, ...names: readonly string[]): string[] {
  return names.map((name) => `${prefix}/${name}`)
}
