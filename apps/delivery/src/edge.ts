import { createEdge } from '@zoetrope/app-kit'

import { app } from './config.ts'
import { wire } from './wiring.ts'

/** Registers the functions of this app. Players on any site may read, so CORS is `*` in every answer. */
export const edge = createEdge({ app, deps: wire, corsOrigins: () => ['*'] })
