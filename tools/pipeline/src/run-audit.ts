// `npm run audit`: known faults and licences of everything that npm installs.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

import { Command } from 'commander'
import pico from 'picocolors'

import { AuditReport, readAudit } from './audit-report.ts'
import { messageOf } from './message-of.ts'
import type { LockedPackage } from './licences.ts'
import { findLicenceFaults } from './licences.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
const options = new Command('npm run audit --')
  .description('Licences of every installed package against a list, and known faults of what is deployed.')
  .option('--offline', 'licences only: do not ask the registry about faults')
  .parse()
  .opts<{ offline?: true }>()

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>
}
const faults = [...findLicenceFaults(packages)]
console.log(`licences: ${Object.keys(packages).length} packages looked at, ${faults.length} not agreed to`)
if (options.offline) console.log(pico.yellow('SKIPPED: known faults, as asked for (--offline)'))
else faults.push(...(await findKnownFaults()))
for (const fault of faults) console.error(pico.red(fault))
process.exitCode = faults.length > 0 ? 1 : 0

async function findKnownFaults(): Promise<readonly string[]> {
  try {
    const { grave, others } = readAudit(AuditReport.parse(JSON.parse(await runNpmAudit())))
    console.log(`known faults of what is deployed: ${grave.length} grave, ${others.length} others`)
    for (const text of others) console.log(pico.yellow(text))
    return grave
  } catch (error) {
    return [messageOf(error)]
  }
}

/** npm ends with 1 where it found anything: what it printed counts. */
async function runNpmAudit(): Promise<string> {
  const isWindows = process.platform === 'win32'
  try {
    const args = ['audit', '--json', '--omit=dev']
    const { stdout } = await promisify(execFile)(isWindows ? 'npm.cmd' : 'npm', args, {
      cwd: root,
      shell: isWindows,
    })
    return stdout
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string }
    if (stdout) return stdout
    throw error
  }
}
