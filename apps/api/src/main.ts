import { app } from '@azure/functions'

// Files of multipart uploads are streamed to storage, never held in memory.
app.setup({ enableHttpStream: true })

import './functions/uploads-create.http.ts'
import './functions/uploads-get.http.ts'
import './functions/uploads-cancel.http.ts'
import './functions/assets-list.http.ts'
import './functions/assets-get.http.ts'
import './functions/assets-patch.http.ts'
import './functions/assets-delete.http.ts'
import './functions/renditions-list.http.ts'
import './functions/rendition-files-list.http.ts'
import './functions/jobs-create.http.ts'
import './functions/jobs-list.http.ts'
import './functions/jobs-get.http.ts'
import './functions/jobs-cancel.http.ts'
import './functions/workflows-list.http.ts'
import './functions/usage-get.http.ts'
import './functions/open-api-get.http.ts'
import './functions/deletions-sweep.timer.ts'
import './functions/unknown-route.http.ts'
