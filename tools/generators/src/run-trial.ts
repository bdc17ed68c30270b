// `nx trial generators`: in a clone of what is committed, makes an app with every kind of trigger, and a trigger in an app
// that was there, then runs all checks and the tests that know of them. Nothing is edited by hand. `--keep` leaves the clone;
// `--link` takes the installed packages instead of `npm ci`, which is quicker, and leaves the lock file untried.
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..', '..')
const clone = mkdtempSync(join(tmpdir(), 'zoetrope-trial-'))
const app = 'captions'
const generated: readonly (readonly string[])[] = [
  ['app', app, '--summary', 'Captions of films, as text tracks.'],
  ['trigger', 'films-get', '--app', app, '--kind', 'http', '--route', 'v1/films/{filmId}', '--method', 'GET'],
  ['trigger', 'captions-write', '--app', app, '--kind', 'queue', '--queue', 'captions-wanted'],
  ['trigger', 'captions-sweep', '--app', app, '--kind', 'timer', '--schedule', '0 */5 * * * *'],
  ['trigger', 'assets-watch', '--app', app, '--kind', 'changeFeed', '--container', 'library'],
  ['trigger', 'reports-get', '--app', 'api', '--kind', 'http', '--route', 'v1/reports/{reportId}'],
]
const tested = [`apps/${app}/`, 'apps/api/test/functions', 'tools/repo-checks/']
const node = process.execPath

try {
  run('git', ['clone', '--quiet', root, clone], root)
  if (process.argv.includes('--link')) linkModules()
  else run('npm', ['ci', '--no-audit', '--no-fund'], clone)
  for (const options of generated) run(node, ['node_modules/nx/dist/bin/nx.js', 'g', ...options], clone)
  if (!process.argv.includes('--link')) run('npm', ['ci', '--no-audit', '--no-fund'], clone)
  run(node, ['tools/repo-checks/src/run-check.ts'], clone)
  run(node, ['tools/repo-checks/src/run-tests.ts', ...tested], clone)
  console.log(`\nA new app and a new trigger of each kind passed, without an edit: ${clone}`)
} finally {
  if (!process.argv.includes('--keep')) rmSync(clone, { recursive: true, force: true, maxRetries: 5 })
}

/** npm also installs into folders of workspaces, where their versions differ. */
function linkModules(): void {
  const folders = globSync(['node_modules', '{apps,libs,tools}/*/node_modules'], { cwd: root })
  for (const folder of folders) run('cp', ['-al', folder, join(clone, folder)], root)
}

function run(program: string, args: readonly string[], cwd: string): void {
  console.log(`\n> ${[program === node ? 'node' : program, ...args].join(' ')}`)
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_WORKSPACE_ROOT_PATH: cwd }
  const { status, error } = spawnSync(program, args, { cwd, env, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}. With --keep the clone stays: ${cwd}`)
}
