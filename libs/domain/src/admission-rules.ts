/** One attempt of one task that holds a place in its queue. */
export interface Slot {
  readonly taskId: string
  readonly attempt: number
  readonly tenantId: string
  readonly jobId: string
  readonly expiresAt: string
}

/** A task that waits to be sent. */
export interface Candidate {
  readonly id: string
  readonly tenantId: string
  readonly createdAt: string
}

/**
 * Chooses who is sent next: tenants in turn, beginning after the one that was served last, oldest task first within a tenant.
 * So one tenant's ten thousand never stand before another's one.
 */
export function chooseNext<C extends Candidate>(
  candidates: readonly C[],
  free: number,
  lastTenantId: string,
): readonly C[] {
  const byTenant = Map.groupBy(
    candidates.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)),
    (candidate) => candidate.tenantId,
  )
  const tenants = [...byTenant.keys()].toSorted()
  const first = tenants.findIndex((tenantId) => tenantId > lastTenantId)
  const turn = first <= 0 ? tenants : [...tenants.slice(first), ...tenants.slice(0, first)]
  const chosen: C[] = []
  for (let round = 0; chosen.length < free; round += 1) {
    const next = turn.flatMap((tenantId) => byTenant.get(tenantId)?.[round] ?? [])
    if (next.length === 0) break
    chosen.push(...next.slice(0, free - chosen.length))
  }
  return chosen
}
