import * as df from 'durable-functions'

import type { AlarmInput } from '../durable-names.ts'
import { durableNames } from '../durable-names.ts'
import { startAlarm } from '../orchestration-client.ts'

df.app.activity(durableNames.setAlarm, {
  extraInputs: [df.input.durableClient()],
  handler: async (input: AlarmInput, context): Promise<object> => {
    await startAlarm(context, input.instanceId, input.dueAt)
    return {}
  },
})
