import * as df from 'durable-functions'

import { durableNames } from '../durable-names.ts'
import { wakeInstance } from '../orchestration-client.ts'

df.app.activity(durableNames.wake, {
  extraInputs: [df.input.durableClient()],
  handler: async (input: { readonly instanceId: string }, context): Promise<object> => {
    await wakeInstance(context, input.instanceId)
    return {}
  },
})
