// `nx run <app>:package`: the deployable zip of one function app, under dist/packages. ZOETROPE_DURABLE_BACKEND says where
// its orchestrations will be kept (infra's parameter durableBackend): storage, or dts.
import { join } from 'node:path'

import pico from 'picocolors'

import { parseDurableBackend } from './durable-backend.ts'
import { packageApp } from './package-app.ts'
import { repoRoot } from './repo-root.ts'
import { sizeTable } from './size-table.ts'

const [project = ''] = process.argv.slice(2)
const dist = join(repoRoot, 'dist')
const cache = join(repoRoot, 'node_modules', '.cache', 'zoetrope-packages')
try {
  const durableBackend = parseDurableBackend(process.env['ZOETROPE_DURABLE_BACKEND'])
  console.log(sizeTable([await packageApp({ root: repoRoot, dist, cache }, project, durableBackend)]))
} catch (error) {
  console.error(pico.red(error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}
