import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

import type { KeyId, TenantId } from '@zoetrope/contracts'
import { ApiKeyDocument, err, mintId, TenantDocument } from '@zoetrope/contracts'

import type { Documents } from './documents.ts'
import { newDocument } from './documents.ts'

/** How long a checked key is trusted without another read, ms. */
const trustedMs = 30_000
/** Keys remembered at most. */
const maxRemembered = 1_000

const keyPattern = /^zk_([0-9a-z]{26})_([0-9a-z]{26})_([A-Za-z0-9-]{16,128})$/

/** A new key: the text that its owner keeps, and the document to store, which holds only a hash. */
export function makeApiKey(
  tenantId: TenantId,
  name: string,
  now: Date,
): { readonly key: string; readonly document: ApiKeyDocument } {
  const id = mintId('key', now.getTime())
  const secret = randomBytes(24).toString('hex')
  return {
    key: `zk_${tenantId.slice(4)}_${id.slice(4)}_${secret}`,
    document: { ...newDocument(now), id, kind: 'apiKey', tenantId, name, secretSha256: hash(secret) },
  }
}

/** The document that a known key text belongs to, for a database that has lost it. */
export function apiKeyDocument(key: string, name: string, now: Date): ApiKeyDocument {
  const { tenantId, keyId, secret } = splitKey(key)
  return { ...newDocument(now), id: keyId, kind: 'apiKey', tenantId, name, secretSha256: hash(secret) }
}

/** Finds the tenant of an `Authorization` header. */
export type AuthenticateTenant = (authorization: string | null) => Promise<TenantId>

/** Authenticates `Bearer zk_...` of an active tenant by two point reads at once and one hash, compared in constant time. @throws KEY_MISSING, KEY_INVALID */
export function tenantAuthenticator(catalog: Documents, clock: () => number = Date.now): AuthenticateTenant {
  const remembered = new Map<string, { readonly tenantId: TenantId; readonly untilMs: number }>()
  return async (authorization) => {
    if (!authorization) throw err('KEY_MISSING')
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
    const digest = hash(key)
    const known = remembered.get(digest)
    if (known && known.untilMs > clock()) return known.tenantId
    const { tenantId, keyId, secret } = splitKey(key)
    const [document, tenant] = await Promise.all([
      catalog.read(ApiKeyDocument, [tenantId], keyId),
      catalog.read(TenantDocument, [tenantId], tenantId),
    ])
    const expected = Buffer.from(document?.secretSha256 ?? hash(''), 'hex')
    const isSame = timingSafeEqual(Buffer.from(hash(secret), 'hex'), expected)
    if (!document || document.revokedAt || !tenant?.isActive || !isSame) throw err('KEY_INVALID')
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(digest, { tenantId, untilMs: clock() + trustedMs })
    return tenantId
  }
}

function splitKey(key: string): { tenantId: TenantId; keyId: KeyId; secret: string } {
  const match = keyPattern.exec(key)
  if (!match) throw err('KEY_INVALID')
  return {
    tenantId: `ten_${match[1]}` as TenantId,
    keyId: `key_${match[2]}` as KeyId,
    secret: match[3] ?? '',
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
