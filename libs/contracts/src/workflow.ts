import { z } from 'zod'

import { MediaType } from './states.ts'

/**
 * One step of a workflow: an operation with parameters, after the steps that it needs.
 * A failed step makes the job fail; a failed optional one makes it partial.
 */
export const WorkflowStep = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  operation: z.string(),
  needs: z.array(z.string()).default([]),
  optional: z.boolean().default(false),
  parameters: z.record(z.string(), z.unknown()).default({}),
})
/** One step of a workflow. */
export type WorkflowStep = z.infer<typeof WorkflowStep>

/** The steps of one immutable workflow version. The first step is the probe. */
export const WorkflowDefinition = z.object({
  mediaTypes: z.array(MediaType).min(1),
  steps: z.array(WorkflowStep).min(1).max(50),
})
/** The steps of one immutable workflow version. */
export type WorkflowDefinition = z.infer<typeof WorkflowDefinition>
