import type { UserDelegationKey } from '@azure/storage-blob'
import { BlobSASPermissions, generateBlobSASQueryParameters, SASProtocol } from '@azure/storage-blob'

import type { StorageAccount } from './connect-storage.ts'

/** Makes URLs that allow one thing with one blob for a while. */
export interface SasSigner {
  /** A URL that allows writing this blob: whole, or in blocks. */
  signUpload(container: string, blob: string, expiresAt: Date): Promise<string>
}

/** A user delegation key is asked for this much longer than the SAS needs it, so that many SAS share one. */
const delegationKeyMs = 6 * 3_600_000

/** The signer of an account: with the account key where there is one (a laptop), else with a user delegation key. */
export function sasSigner(account: StorageAccount): SasSigner {
  let delegation: { key: UserDelegationKey; expiresAt: Date } | undefined
  const delegationKey = async (until: Date): Promise<UserDelegationKey> => {
    if (!delegation || delegation.expiresAt < until) {
      const expiresAt = new Date(until.getTime() + delegationKeyMs)
      delegation = { key: await account.blobs.getUserDelegationKey(startsAt(), expiresAt), expiresAt }
    }
    return delegation.key
  }
  return {
    async signUpload(container, blob, expiresAt) {
      const client = account.blobs.getContainerClient(container).getBlockBlobClient(blob)
      const isHttps = client.url.startsWith('https:')
      const values = {
        containerName: container,
        blobName: blob,
        permissions: BlobSASPermissions.parse('cw'),
        startsOn: startsAt(),
        expiresOn: expiresAt,
        protocol: isHttps ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
      }
      const query = account.sharedKey
        ? generateBlobSASQueryParameters(values, account.sharedKey)
        : generateBlobSASQueryParameters(values, await delegationKey(expiresAt), account.blobs.accountName)
      return `${client.url}?${query.toString()}`
    },
  }
}

/** A little earlier than now: clocks differ. */
function startsAt(): Date {
  return new Date(Date.now() - 5 * 60_000)
}
