import { createEdge } from '@zoetrope/app-kit'

import { app } from './config.ts'
import { wire } from './wiring.ts'

/** Registers the functions of this app. */
export const edge = createEdge({ app, deps: wire })
