import { app } from '@azure/functions'

// Bodies are streamed, never built in memory.
app.setup({ enableHttpStream: true })

import './functions/images-get.http.ts'
import './functions/playback-get.http.ts'
import './functions/unknown-route.http.ts'
