import type { ListQuery, Page, TenantId, WorkflowBody } from '@zoetrope/contracts'
import { err, isId, systemTenantId, WorkflowVersionDocument } from '@zoetrope/contracts'

import type { Deps } from './wiring.ts'

/** One page of the workflows that a tenant may use, newest versions only, by id. */
export async function listWorkflows(
  deps: Pick<Deps, 'store'>,
  tenantId: TenantId,
  { limit, cursor }: ListQuery,
): Promise<Page<WorkflowBody>> {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('latin1')
  if (after !== '' && !isId('wfl', after)) throw err('CURSOR_INVALID')
  const newest = new Map<string, WorkflowVersionDocument>()
  for (const owner of [systemTenantId, tenantId]) {
    const versions = await deps.store.catalog.query(WorkflowVersionDocument, [owner], {
      text: "SELECT * FROM c WHERE c.kind = 'workflowVersion' AND c.workflowId > @after",
      parameters: { after },
    })
    for (const version of versions) {
      const known = newest.get(version.workflowId)
      if (!known || known.version < version.version) newest.set(version.workflowId, version)
    }
  }
  const sorted = [...newest.values()].toSorted((a, b) => (a.workflowId < b.workflowId ? -1 : 1))
  const data = sorted.slice(0, limit).map(toWorkflowBody)
  const last = data.at(-1)
  return sorted.length > limit && last
    ? { data, nextCursor: Buffer.from(last.id).toString('base64url') }
    : { data }
}

function toWorkflowBody({ workflowId, version, name, definition }: WorkflowVersionDocument): WorkflowBody {
  const steps = definition.steps.map(({ id, operation }) => ({ id, operation }))
  return { id: workflowId, version, name, mediaTypes: definition.mediaTypes, steps }
}
