// `nx run console:package`: the console's site, under dist/apps/console and as a zip. Its addresses come at deployment (`npm run console-config`).
import { join } from 'node:path'

import { packageConsole } from './package-console.ts'
import { repoRoot } from './repo-root.ts'
import { sizeTable } from './size-table.ts'

console.log(sizeTable([await packageConsole({ root: repoRoot, dist: join(repoRoot, 'dist') })]))
