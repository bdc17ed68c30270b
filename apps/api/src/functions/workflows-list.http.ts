import { ok } from '@zoetrope/app-kit'
import { ListQuery, WorkflowBody } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { listWorkflows } from '../list-workflows.ts'
import { pageSchema } from '../page-schema.ts'

/** `GET /v1/workflows` */
export const listWorkflowsHttp = edge.http({
  name: 'workflows-list',
  methods: ['GET'],
  route: 'v1/workflows',
  auth: 'tenant',
  summary: "The newest version of every workflow: the tenant's own and those that come with the product.",
  query: z.strictObject(ListQuery.shape),
  answer: { status: 200, schema: pageSchema(WorkflowBody) },
  handle: async ({ query, tenantId }, deps) => ok(await listWorkflows(deps, tenantId, query)),
})
