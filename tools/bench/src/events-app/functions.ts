// Notes when each message and each blob reached its function.
import { app } from '@azure/functions'

import { noteStart } from '../start-notes.ts'

app.storageQueue('onMessage', {
  queueName: 'ours',
  connection: 'BENCH_STORAGE',
  handler: (message) => noteStart(String(message)),
})
app.storageBlob('onBlob', {
  path: 'ours/b-{name}',
  connection: 'BENCH_STORAGE',
  handler: (blob) => noteStart(String(blob)),
})
