import { edge } from '../edge.ts'
import { sweepUploads } from '../sweep-uploads.ts'

/** Finds what no event told of. */
export const sweepUploadsTimer = edge.timer({
  name: 'uploads-sweep',
  schedule: '%ZOETROPE_SWEEP_SCHEDULE%',
  handle: async (deps, context) => {
    await sweepUploads({ ...deps, onFailure: (message, cause) => context.warn(message, cause) })
  },
})
