// Notes when each message reached its function.
import { app } from '@azure/functions'

import { noteStart } from '../start-notes.ts'

app.storageQueue('onMessage', {
  queueName: 'ours',
  connection: 'BENCH_STORAGE',
  handler: (message) => noteStart(String(message)),
})
