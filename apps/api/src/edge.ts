import { createEdge } from '@zoetrope/app-kit'

import { app } from './config.ts'
import { wire } from './wiring.ts'

/** Registers the functions of this app. Every call but a few names its tenant by an API key. */
export const edge = createEdge({
  app,
  deps: wire,
  authenticate: (authorization, deps) => deps.authenticate(authorization),
  corsOrigins: () => app.load().corsOrigins,
})
