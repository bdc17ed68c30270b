// The host with an app of the bench: `host.ts [APP FOLDER] [--in-process] [--streaming] [--data FOLDER]`; a folder that is given stays.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startFunctionsHost } from '@zoetrope/functions-host/source'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'in-process': { type: 'boolean' }, streaming: { type: 'boolean' }, data: { type: 'string' } },
})
const dataDirectory = values.data ?? mkdtempSync(join(tmpdir(), 'bench-host-'))
const host = await startFunctionsHost({
  apps: [
    {
      directory: positionals[0] ?? join(import.meta.dirname, '..', 'app'),
      port: 0,
      settings: values.streaming ? { BENCH_STREAMING: '1' } : {},
    },
  ],
  dataDirectory,
  isInProcess: values['in-process'] === true,
})
process.on('SIGTERM', () => {
  void host.close().then(() => {
    if (values.data === undefined) rmSync(dataDirectory, { recursive: true, force: true })
    process.exit(0)
  })
})
process.send?.(host.apps[0]?.url)
