import type { LeaseDocument } from './lease-document.ts'

/**
 * The leases that an instance should take now, so that all instances that own any come to the same number of them (the rule of
 * the change feed processor): free and expired ones up to its share, else one of whoever has most, when that is too many.
 */
export function chooseLeases(
  leases: readonly LeaseDocument[],
  { owner, nowMs, expirationMs }: { owner: string; nowMs: number; expirationMs: number },
): LeaseDocument[] {
  const isFree = (lease: LeaseDocument): boolean =>
    !lease.Owner || Date.parse(lease.timestamp) + expirationMs < nowMs
  const free = leases.filter(isFree)
  const counts = new Map([[owner, 0]])
  for (const lease of leases)
    if (lease.Owner && !isFree(lease)) counts.set(lease.Owner, (counts.get(lease.Owner) ?? 0) + 1)

  const share = Math.ceil(leases.length / counts.size)
  const missing = share - (counts.get(owner) ?? 0)
  if (missing <= 0) return []
  if (free.length > 0) return free.slice(0, missing)

  const [richest, most] = [...counts].reduce((best, each) => (each[1] >= best[1] ? each : best))
  // Who lacks more than one may also take from an instance that has just its share.
  const isTooMany = most > share - (missing > 1 ? 1 : 0)
  return isTooMany ? leases.filter((lease) => lease.Owner === richest).slice(0, 1) : []
}
