import { render } from 'preact'

import { App } from './app.tsx'
import { startPolling } from './poll.ts'
import { startSession } from './session.ts'

const root = document.getElementById('root')
if (root) {
  await startSession()
  startPolling()
  render(<App />, root)
}
