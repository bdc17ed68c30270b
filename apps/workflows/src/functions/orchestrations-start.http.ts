import { ok } from '@zoetrope/app-kit'
import { JobStartMessage } from '@zoetrope/contracts'
import * as df from 'durable-functions'

import { instanceIdOf } from '../durable-names.ts'
import { edge } from '../edge.ts'
import { startRun } from '../orchestration-client.ts'

/** `POST /v1/orchestrations`: starts the orchestration of a run by hand, for operators. */
export const startOrchestration = edge.http({
  name: 'orchestrations-start',
  methods: ['POST'],
  route: 'v1/orchestrations',
  auth: 'function',
  summary: 'Starts the orchestration of a run. Starting twice is harmless.',
  extraInputs: [df.input.durableClient()],
  body: JobStartMessage,
  handle: async ({ body, context }) => {
    await startRun(context, body)
    const instanceId = instanceIdOf(body.jobId, body.run)
    return ok(
      { instanceId, statusUrl: `/v1/orchestrations/${instanceId}` },
      { location: `/v1/orchestrations/${instanceId}` },
      202,
    )
  },
})
