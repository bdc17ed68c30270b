import { ok } from '@zoetrope/app-kit'
import { idSchema, UsageBody } from '@zoetrope/contracts'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { sumUsage } from '../sum-usage.ts'

/** `GET /v1/usage` */
export const getUsage = edge.http({
  name: 'usage-get',
  methods: ['GET'],
  route: 'v1/usage',
  auth: 'tenant',
  summary:
    'Usage and cost, summed up per UTC day, meter and operation; the last 30 days unless said otherwise.',
  query: z.strictObject({
    from: z.iso.date().optional(),
    to: z.iso.date().optional(),
    jobId: idSchema('job').optional(),
  }),
  answer: { status: 200, schema: UsageBody },
  handle: async ({ query, tenantId }, deps) => ok(await sumUsage(deps, tenantId, query)),
})
