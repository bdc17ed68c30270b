// `npm run package [-- APP ...]`: what is deployed, under dist/packages: a zip per function app and one of the console, with
// SHA256SUMS. Nx makes again only what has changed.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'

import { readRecord } from './package-record.ts'
import { repoRoot } from './repo-root.ts'
import { sizeTable } from './size-table.ts'

const apps = readdirSync(join(repoRoot, 'apps')).filter((name) =>
  existsSync(join(repoRoot, 'apps', name, 'project.json')),
)
const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !apps.includes(name))
if (unknown.length > 0) {
  console.error(`No such app: ${unknown.join(', ')}. There are: ${apps.join(', ')}.`)
  process.exit(1)
}
const { status } = spawnSync(
  process.execPath,
  [
    join(repoRoot, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'),
    'run-many',
    '--target=package',
    '--output-style=static',
    // Two at a time: each takes a core, and memory for the binary that it packs.
    '--parallel=2',
    ...(chosen.length > 0 ? [`--projects=${chosen.join(',')}`] : []),
  ],
  {
    cwd: repoRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' },
  },
)
if (status !== 0) process.exit(status ?? 1)

const folder = join(repoRoot, 'dist', 'packages')
for (const name of readdirSync(folder)) {
  const [app = ''] = name.split('.')
  if (name !== 'SHA256SUMS' && !apps.includes(app)) rmSync(join(folder, name))
}
const records = apps
  .map((app) => join(folder, `${app}.json`))
  .filter((file) => existsSync(file))
  .map(readRecord)
writeFileSync(
  join(folder, 'SHA256SUMS'),
  records.map(({ app, archiveSha256 }) => `${archiveSha256}  ${app}.zip\n`).join(''),
)
console.log(`\n${sizeTable(records)}\n\nIn dist/packages, with SHA256SUMS; source maps in dist/maps.`)
