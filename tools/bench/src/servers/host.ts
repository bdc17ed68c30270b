// The host with the bench's app: `host.ts [APP FOLDER]`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startFunctionsHost } from '@zoetrope/functions-host/source'

const dataDirectory = mkdtempSync(join(tmpdir(), 'bench-host-'))
const host = await startFunctionsHost({
  apps: [{ directory: process.argv[2] ?? join(import.meta.dirname, '..', 'app'), port: 0 }],
  dataDirectory,
})
process.on('SIGTERM', () => {
  void host.close().then(() => {
    rmSync(dataDirectory, { recursive: true, force: true })
    process.exit(0)
  })
})
process.send?.(host.apps[0]?.url)
