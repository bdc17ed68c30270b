import { createHash } from 'node:crypto'

/** An identity of the laptop's own directory, as a user-assigned managed identity has them. */
export interface LocalPrincipal {
  readonly name: string
  /** Names it in settings (`NAME__clientId`). */
  readonly clientId: string
  /** Names it in role assignments, and in the SAS that it signs (`skoid`). */
  readonly objectId: string
}

/** The directory of the laptop (`tid`, and `sktid` of the SAS). */
export const localTenantId = guidOf('tenant')

/** As long as a managed identity's token lives in Azure. */
const tokenSeconds = 24 * 3600
/** Services whose clock is behind take a token all the same. */
const skewSeconds = 300

/** The identity of this name: the same ids at every start, on every machine. */
export function localPrincipal(name: string): LocalPrincipal {
  return { name, clientId: guidOf(`client ${name}`), objectId: guidOf(`object ${name}`) }
}

/** A token with the claims of Microsoft Entra, unsigned: whom it is for, who has it, until when (seconds since 1970). */
export function makeAccessToken(
  { name, clientId, objectId }: LocalPrincipal,
  resource: string,
  nowSeconds: number,
): { readonly token: string; readonly expiresOn: number } {
  const expiresOn = nowSeconds + tokenSeconds
  const claims = {
    aud: resource,
    iss: `https://sts.windows.net/${localTenantId}/`,
    iat: nowSeconds - skewSeconds,
    nbf: nowSeconds - skewSeconds,
    exp: expiresOn,
    appid: clientId,
    idtyp: 'app',
    oid: objectId,
    sub: objectId,
    tid: localTenantId,
    ver: '1.0',
    xms_mirid: `/subscriptions/local/resourcegroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
  }
  const parts = [{ typ: 'JWT', alg: 'none' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return { token: `${parts.join('.')}.`, expiresOn }
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(`zoetrope local ${text}`).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
