// A host with an app in its own process: `in-process-host.ts APP SETTINGS.json`. Prints the line that `functions-host start --app` prints.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startFunctionsHost } from '../src/index.ts'

const [, , directory = '', settingsFile = ''] = process.argv
const dataDirectory = mkdtempSync(join(tmpdir(), 'functions-host-in-process-'))
process.on('exit', () => rmSync(dataDirectory, { recursive: true, force: true }))
const host = await startFunctionsHost({
  apps: [
    {
      directory,
      port: 0,
      settings: JSON.parse(readFileSync(settingsFile, 'utf8')) as Record<string, string>,
    },
  ],
  dataDirectory,
  isAuthEnforced: true,
  isInProcess: true,
})
process.on('SIGTERM', () => void host.close().then(() => process.exit(0)))
const [app] = host.apps
console.log(`Host ready: ${JSON.stringify({ app: app?.name, url: app?.url })}`)
