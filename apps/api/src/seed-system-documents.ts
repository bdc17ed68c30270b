import type { PriceBookDocument, WorkflowVersionDocument } from '@zoetrope/contracts'
import { demoPriceBook, systemTenantId } from '@zoetrope/contracts'
import { defaultWorkflows } from '@zoetrope/domain'
import type { Store } from '@zoetrope/store'
import { newDocument } from '@zoetrope/store'

/** Writes the workflows and prices that come with the product. Versions are immutable: what is there stays. */
export async function seedSystemDocuments(store: Pick<Store, 'catalog'>): Promise<void> {
  const now = new Date()
  const workflows = defaultWorkflows.map(
    ({ workflowId, version, name, definition }): WorkflowVersionDocument => ({
      ...newDocument(now),
      id: `${workflowId}.${version}`,
      kind: 'workflowVersion',
      tenantId: systemTenantId,
      workflowId,
      version,
      name,
      definition,
    }),
  )
  const prices: PriceBookDocument = {
    ...newDocument(now),
    id: `prices.${demoPriceBook.version}`,
    kind: 'priceBook',
    tenantId: systemTenantId,
    ...demoPriceBook,
  }
  for (const document of [...workflows, prices]) await store.catalog.create([systemTenantId], document)
}
