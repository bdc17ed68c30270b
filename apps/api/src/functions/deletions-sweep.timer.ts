import { edge } from '../edge.ts'
import { sweepDeletions } from '../sweep-deletions.ts'

/** Finishes deletions that nobody else did. */
export const sweepDeletionsTimer = edge.timer({
  name: 'deletions-sweep',
  schedule: '%ZOETROPE_SWEEP_SCHEDULE%',
  handle: async (deps) => {
    await sweepDeletions(deps)
  },
})
