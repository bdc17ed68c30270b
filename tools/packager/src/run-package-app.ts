// `nx run <app>:package`: the deployable zip of one function app, under dist/packages.
import { join } from 'node:path'

import pico from 'picocolors'

import { packageApp } from './package-app.ts'
import { repoRoot } from './repo-root.ts'
import { sizeTable } from './size-table.ts'

const [project = ''] = process.argv.slice(2)
const dist = join(repoRoot, 'dist')
const cache = join(repoRoot, 'node_modules', '.cache', 'zoetrope-packages')
try {
  console.log(sizeTable([await packageApp({ root: repoRoot, dist, cache }, project)]))
} catch (error) {
  console.error(pico.red(error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}
