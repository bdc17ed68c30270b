import type { BlobSASSignatureValues, SASQueryParameters } from '@azure/storage-blob'
import { BlobSASPermissions, generateBlobSASQueryParameters, SASProtocol } from '@azure/storage-blob'
import { err } from '@zoetrope/contracts'

import type { StorageAccount } from './connect-storage.ts'
import { clockSkewMs, delegationKeys, longestKeyMs } from './delegation-key.ts'

/** Makes URLs that allow one thing with one blob for a while. */
export interface SasSigner {
  /**
   * A URL that allows writing this blob: whole, or in blocks.
   * @throws SETTINGS_INVALID where it would have to live longer than the seven days of a user delegation key, less 15 minutes for clocks that differ
   */
  signUpload(container: string, blob: string, expiresAt: Date): Promise<string>
}

/** Signs with what an account has. */
type Sign = (values: BlobSASSignatureValues) => Promise<SASQueryParameters>

/** The signer of an account: with the account key where there is one (a laptop), else with a user delegation key. */
export function sasSigner(account: StorageAccount, clock: () => Date = () => new Date()): SasSigner {
  const sign = account.sharedKey ? signByKey(account.sharedKey) : signByDelegation(account, clock)
  return {
    async signUpload(container, blob, expiresAt) {
      const nowMs = clock().getTime()
      // The same rule for both signers, so that a laptop finds out what Azure would refuse.
      if (expiresAt.getTime() - nowMs > longestKeyMs) {
        throw err('SETTINGS_INVALID', {
          detail: `An upload URL cannot be valid until ${expiresAt.toISOString()}: seven days are the most.`,
        })
      }
      const client = account.blobs.getContainerClient(container).getBlockBlobClient(blob)
      const query = await sign({
        containerName: container,
        blobName: blob,
        permissions: BlobSASPermissions.parse('cw'),
        startsOn: new Date(nowMs - clockSkewMs),
        expiresOn: expiresAt,
        protocol: client.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
      })
      return `${client.url}?${query.toString()}`
    },
  }
}

function signByKey(sharedKey: NonNullable<StorageAccount['sharedKey']>): Sign {
  return async (values) => generateBlobSASQueryParameters(values, sharedKey)
}

function signByDelegation({ blobs }: StorageAccount, clock: () => Date): Sign {
  const keyUntil = delegationKeys(blobs, clock)
  if (!blobs.accountName) {
    throw err('SETTINGS_INVALID', {
      detail: `The name of the storage account cannot be told from ${blobs.url}: set the account's own endpoint (https://NAME.blob...), not another name for it.`,
    })
  }
  return async (values) =>
    generateBlobSASQueryParameters(values, await keyUntil(values.expiresOn ?? clock()), blobs.accountName)
}
