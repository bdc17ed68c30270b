import * as df from 'durable-functions'

import { durableNames } from '../durable-names.ts'
import { alarm } from './alarm.orchestration.ts'
import { runJob } from './run-job.orchestration.ts'

df.app.orchestration(durableNames.runJob, runJob)
df.app.orchestration(durableNames.alarm, alarm)
