// `nx run console:package`: the console's site, under dist/apps/console and as a zip. Its addresses come at deployment (`npm run console-config`).
import { join } from 'node:path'

import pico from 'picocolors'

import { packageConsole } from './package-console.ts'
import { repoRoot } from './repo-root.ts'
import { sizeTable } from './size-table.ts'

try {
  console.log(sizeTable([await packageConsole({ root: repoRoot, dist: join(repoRoot, 'dist') })]))
} catch (error) {
  console.error(pico.red(error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}
