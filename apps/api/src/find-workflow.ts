import type { AssetDocument, JobDocument, TenantId } from '@zoetrope/contracts'
import { err, systemTenantId, WorkflowVersionDocument } from '@zoetrope/contracts'
import { defaultWorkflowFor } from '@zoetrope/domain'

import type { Deps } from './wiring.ts'

/** The newest version of the workflow that was asked for, or the default one of the media type. @throws WORKFLOW_NOT_FOUND, REQUEST_INVALID */
export async function findWorkflow(
  deps: Pick<Deps, 'store'>,
  tenantId: TenantId,
  { mediaType }: Pick<AssetDocument, 'mediaType'>,
  workflowId?: string,
): Promise<JobDocument['workflow']> {
  if (workflowId === undefined) {
    const workflow = defaultWorkflowFor(mediaType)
    if (!workflow) throw err('SOURCE_TYPE_UNSUPPORTED')
    return { workflowId: workflow.workflowId, version: workflow.version }
  }
  for (const owner of [tenantId, systemTenantId]) {
    const [newest] = await deps.store.catalog.query(WorkflowVersionDocument, [owner], {
      text: "SELECT * FROM c WHERE c.kind = 'workflowVersion' AND c.workflowId = @workflowId ORDER BY c.version DESC",
      parameters: { workflowId },
      limit: 1,
    })
    if (!newest) continue
    if (!newest.definition.mediaTypes.includes(mediaType)) {
      const detail = `is for ${newest.definition.mediaTypes.join(', ')}; the asset is ${mediaType}`
      throw err('REQUEST_INVALID', { errors: [{ pointer: '/workflowId', detail }] })
    }
    return { workflowId: newest.workflowId, version: newest.version }
  }
  throw err('WORKFLOW_NOT_FOUND')
}
