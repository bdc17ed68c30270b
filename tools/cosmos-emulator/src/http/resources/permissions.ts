import { resourcePath } from '../../access/resource-grant.ts'
import type { ResourceGrant } from '../../access/resource-grant.ts'
import { writeResourceToken } from '../../access/resource-token.ts'
import { badRequest, notFound } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import type { SmallResource } from '../../storage/resource-table.ts'
import { databaseOf, idOf } from '../call.ts'
import type { Call } from '../call.ts'
import { header } from '../exchange.ts'
import { pathSegments } from '../path-segments.ts'
import type { ResourceRules } from './resource-routes.ts'

const defaultValiditySeconds = 3600
const shortestValiditySeconds = 10
const longestValiditySeconds = 24 * 3600

/** Permissions of a user: each read gives a new token for the resource that it names. */
export const permissionRules: ResourceRules = {
  kind: 'permissions',
  names: { one: 'permission', many: 'permissions' },
  plural: 'Permissions',
  path: '/dbs/{database}/users/{user}/permissions',
  parentOf: (call) => {
    const { rid } = databaseOf(call)
    const user = call.store.resources.find({ kind: 'users', parentRid: rid }, idOf(call, 'user'))
    if (!user) throw notFound()
    return { rid: user.rid, self: `dbs/${rid}/users/${user.rid}/` }
  },
  toContent: checkPermission,
  toExtra: (permission, call) => ({ _token: tokenOf(permission, call) }),
}

function checkPermission(body: JsonObject, { store }: Call): JsonObject {
  const { permissionMode, resource, resourcePartitionKey } = body
  if (!modeOf(permissionMode))
    throw badRequest(`The permissionMode '${String(permissionMode)}' is invalid: it must be Read or All.`)
  if (typeof resource !== 'string' || !resourcePath(pathSegments(resource), store))
    throw badRequest(
      `The resource '${String(resource)}' of the permission does not exist: give a link such as dbs/{database}/colls/{container}.`,
    )
  const key = typeof resourcePartitionKey === 'string' ? [resourcePartitionKey] : resourcePartitionKey
  if (key !== undefined && !Array.isArray(key))
    throw badRequest('The resourcePartitionKey of a permission must be an array.')
  return { permissionMode, resource, ...(key === undefined ? {} : { resourcePartitionKey: key }) }
}

/** The mode, in any case of letters. */
function modeOf(text: unknown): ResourceGrant['mode'] | undefined {
  return (['Read', 'All'] as const).find((mode) => mode.toLowerCase() === String(text).toLowerCase())
}

function tokenOf({ content }: SmallResource, { store, request, key }: Call): string {
  const { permissionMode, resource, resourcePartitionKey } = content
  return writeResourceToken(
    {
      // The token of a permission whose resource has gone allows nothing.
      path: resourcePath(pathSegments(String(resource)), store) ?? ['gone'],
      mode: modeOf(permissionMode) ?? 'Read',
      ...(Array.isArray(resourcePartitionKey) ? { partitionKey: resourcePartitionKey } : {}),
      expiresAt: store.nowSeconds() + validitySeconds(header(request, 'x-ms-documentdb-expiry-seconds')),
    },
    key,
  )
}

function validitySeconds(wish: string | undefined): number {
  if (wish === undefined) return defaultValiditySeconds
  const seconds = Number(wish)
  if (!Number.isInteger(seconds) || seconds < shortestValiditySeconds || seconds > longestValiditySeconds)
    throw badRequest(
      `A token cannot be valid for '${wish}' seconds: give ${shortestValiditySeconds} to ${longestValiditySeconds}.`,
    )
  return seconds
}
