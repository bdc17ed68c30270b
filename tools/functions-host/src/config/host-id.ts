import { createHash } from 'node:crypto'
import { basename } from 'node:path'

import { HostError } from '../errors.ts'

const longestId = 32
/** Part of names of queues, which take no other characters. */
const allowed = /^[a-z0-9](-?[a-z0-9])*$/

/**
 * What tells this app's hosts from those of other apps on one storage account: `AzureFunctionsWebHost__hostid` where it is
 * set, else the app's folder. @throws HostError when the setting is no id
 */
export function toHostId(directory: string, given: string | undefined): string {
  if (given !== undefined) {
    const id = given.toLowerCase()
    if (id.length <= longestId && allowed.test(id)) return id
    throw new HostError(
      `AzureFunctionsWebHost__hostid: "${given}" must be 1 to ${longestId} letters, digits and single dashes, with no dash at either end.`,
    )
  }
  const name = basename(directory)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('-')
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 8)
  return [name.slice(0, 20).replace(/-$/, ''), hash].filter(Boolean).join('-')
}
