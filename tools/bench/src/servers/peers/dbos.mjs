// DBOS: one workflow function a workflow, one `runStep` a step, on a PostgreSQL of its own with its defaults (fsync on).
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { folder, load, serveWorkflows, startProgram, untilItSucceeds } from './peer-server.mjs'

const data = join(folder, 'data')
const sockets = join(folder, 'sockets')

// PostgreSQL refuses to run as root: there it runs as the user that its package has made.
const account = process.getuid() === 0 ? userOf('postgres') : {}
for (const directory of [data, sockets]) {
  mkdirSync(directory, { mode: 0o700 })
  if ('uid' in account) chownSync(directory, account.uid, account.gid)
}
if ('uid' in account) chmodSync(folder, 0o711)

const runAsAccount = (program, parameters, errors) =>
  execFileSync(program, parameters, { ...account, cwd: data, stdio: ['ignore', 'ignore', errors] })

runAsAccount('initdb', ['--pgdata', data, '--username', 'bench', '--auth', 'trust'], 'inherit')
// Only a socket in the folder, and no door on the network.
const settings = ['listen_addresses=', `unix_socket_directories=${sockets}`, 'log_min_messages=panic']
startProgram('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
  ...account,
  cwd: data,
  // Its immediate shutdown: killed outright, it would leave shared memory behind.
  killSignal: 'SIGQUIT',
})

const { DBOS } = load('@dbos-inc/dbos-sdk')
const step = (name, work) => DBOS.runStep(async () => work(), { name })
const chain = DBOS.registerWorkflow(
  async () => {
    let value = 0
    for (const name of ['first', 'second', 'third', 'fourth', 'fifth']) {
      const before = value
      value = await step(name, () => before + 1)
    }
    return value
  },
  { name: 'chain' },
)
const fan = DBOS.registerWorkflow(
  async () => {
    const width = await step('first', () => 50)
    const values = await Promise.all(
      Array.from({ length: width }, (_, index) => step(`middle${index}`, () => 1)),
    )
    return step('last', () => values.length)
  },
  { name: 'fan' },
)
DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: `postgresql://bench@localhost/dbos?host=${encodeURIComponent(sockets)}`,
  runAdminServer: false,
  logLevel: 'error',
})
const createDatabase = ['-h', sockets, '-U', 'bench', '-c', 'create database dbos', 'postgres']
await untilItSucceeds(async () => runAsAccount('psql', createDatabase, 'ignore'))
await DBOS.launch()
serveWorkflows({ chain: () => chain(), fan: () => fan() })

function userOf(name) {
  const idOf = (flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}
