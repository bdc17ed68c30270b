import { roleById, type RoleKey } from './role-definitions.ts'
import { resourcesOf, valueAt, type Snapshot, type SnapshotResource } from './snapshot.ts'

/** Who has which role where, as a snapshot would assign it. */
export interface RoleAssignment {
  readonly resource: SnapshotResource
  /** The principal: an expression that names an identity, or a given id. */
  readonly principal: string
  /** GUID of the role. */
  readonly roleId: string
  /** Undefined for a role that we do not know: none such is assigned. */
  readonly role: RoleKey | undefined
  /** Id of the resource; of a Cosmos container in the form of its data plane. */
  readonly scope: string
}

/** Every role assignment: those of Azure, and those of the data plane of Cosmos DB. */
export function roleAssignments(snapshot: Snapshot): RoleAssignment[] {
  return [
    ...resourcesOf(snapshot, 'Microsoft.Authorization/roleAssignments'),
    ...resourcesOf(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments'),
  ].map((resource) => {
    const definition = String(valueAt(resource.properties, 'roleDefinitionId') ?? '')
    const roleId = definition.slice(definition.lastIndexOf('/') + 1)
    return {
      resource,
      principal: String(valueAt(resource.properties, 'principalId') ?? ''),
      roleId,
      role: roleById(roleId),
      scope: scopeOf(resource),
    }
  })
}

/** A data-plane assignment says its scope; one of Azure lies in its scope. */
function scopeOf({ id, properties }: SnapshotResource): string {
  const said = valueAt(properties, 'scope')
  if (typeof said === 'string') return said
  const end = id.toLowerCase().lastIndexOf('/providers/microsoft.authorization/roleassignments/')
  return end < 0 ? id : id.slice(0, end)
}
