// `nx run <app>:package`: the deployable zip of one function app, under dist/packages.
import { join } from 'node:path'

import { packageApp } from './package-app.ts'
import { repoRoot } from './repo-root.ts'
import { sizeTable } from './size-table.ts'

const [project = ''] = process.argv.slice(2)
const dist = join(repoRoot, 'dist')
const cache = join(repoRoot, 'node_modules', '.cache', 'zoetrope-packages')
console.log(sizeTable([await packageApp({ root: repoRoot, dist, cache }, project)]))
