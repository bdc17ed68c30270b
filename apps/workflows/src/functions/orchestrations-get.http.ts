import { ok } from '@zoetrope/app-kit'
import { err } from '@zoetrope/contracts'
import * as df from 'durable-functions'
import { z } from 'zod'

import { edge } from '../edge.ts'
import { isUnended, readStatus } from '../orchestration-client.ts'

/** `GET /v1/orchestrations/{instanceId}`: status of an orchestration, for operators. 202 while it runs, 200 once it has ended. */
export const getOrchestration = edge.http({
  name: 'orchestrations-get',
  methods: ['GET'],
  route: 'v1/orchestrations/{instanceId}',
  auth: 'function',
  summary: 'Status of an orchestration. Its id is `{jobId}.{run}`.',
  extraInputs: [df.input.durableClient()],
  params: z.object({ instanceId: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/) }),
  handle: async ({ params, context }) => {
    const status = await readStatus(context, params.instanceId)
    if (!status) throw err('JOB_NOT_FOUND', { detail: `There is no orchestration ${params.instanceId}.` })
    const { name, instanceId, runtimeStatus, createdTime, lastUpdatedTime, output } = status
    return ok(
      { name, instanceId, runtimeStatus, createdTime, lastUpdatedTime, output },
      {},
      isUnended(runtimeStatus) ? 202 : 200,
    )
  },
})
