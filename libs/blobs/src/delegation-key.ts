import type { BlobServiceClient, UserDelegationKey } from '@azure/storage-blob'

/** Gives a user delegation key that is valid until a moment, at most {@link longestKeyMs} from now. */
export type DelegationKeySource = (until: Date) => Promise<UserDelegationKey>

/** How much clocks may differ: a key and what it signs begin this much before now. */
export const clockSkewMs = 15 * 60_000

/** The service refuses a key that ends later than seven days from its own now. */
export const longestKeyMs = 7 * 24 * 3_600_000 - clockSkewMs

/** A key is asked for this much longer than it is needed, so that many SAS share one. */
const spareMs = 6 * 3_600_000
/** With less than this to spare the next key is asked for, while the one at hand still serves. */
const renewBeforeMs = 3_600_000

/** One key for all who sign, renewed before anyone must wait for it; callers that come together share one request. */
export function delegationKeys(service: BlobServiceClient, clock: () => Date): DelegationKeySource {
  let current: UserDelegationKey | undefined
  let asked: { readonly until: number; readonly key: Promise<UserDelegationKey> } | undefined

  const ask = (until: number): Promise<UserDelegationKey> => {
    if (asked && asked.until >= until) return asked.key
    const nowMs = clock().getTime()
    const endsMs = Math.min(until + spareMs, nowMs + longestKeyMs)
    const request = {
      until: endsMs,
      key: service.getUserDelegationKey(new Date(nowMs - clockSkewMs), new Date(endsMs)),
    }
    asked = request
    const forget = (): void => {
      if (asked === request) asked = undefined
    }
    request.key.then((key) => {
      if (!current || key.signedExpiresOn > current.signedExpiresOn) current = key
      forget()
    }, forget)
    return request.key
  }

  return async (untilDate) => {
    // Keys and SAS are in whole seconds.
    const until = Math.floor(untilDate.getTime() / 1000) * 1000
    const spare = current ? current.signedExpiresOn.getTime() - until : -1
    if (!current || spare < 0) return ask(until)
    // What fails here fails nobody: the key at hand is valid, and the next caller asks again.
    if (spare < renewBeforeMs && canAskForMore(current, clock()))
      ask(until + renewBeforeMs).catch(() => undefined)
    return current
  }
}

/** Whether a key asked for now would end later than this one by more than a moment. */
function canAskForMore(key: UserDelegationKey, now: Date): boolean {
  return now.getTime() + longestKeyMs - key.signedExpiresOn.getTime() > renewBeforeMs
}
