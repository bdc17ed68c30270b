// `npm run console-config`: makes the packaged console (dist/apps/console) the one of the deployment whose outputs the environment holds.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import pico from 'picocolors'

import { consoleConfig } from './console-config.ts'
import { repoRoot } from './repo-root.ts'

const site = join(repoRoot, 'dist', 'apps', 'console')
try {
  if (!existsSync(site))
    throw new Error('There is no packaged console: run `npm run package -- console` first.')
  for (const [name, content] of consoleConfig(process.env)) writeFileSync(join(site, name), content)
  console.log('Written: config.json and staticwebapp.config.json in dist/apps/console')
} catch (error) {
  console.error(pico.red(error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}
