import * as df from 'durable-functions'

import { claimRun } from '../claim-run.ts'
import type { Claim, RunInput } from '../durable-names.ts'
import { durableNames } from '../durable-names.ts'
import { wire } from '../wiring.ts'

df.app.activity(durableNames.claimRun, {
  handler: async (input: RunInput, context): Promise<Claim> => ({
    isClaimed: await claimRun(wire(context), input),
  }),
})
