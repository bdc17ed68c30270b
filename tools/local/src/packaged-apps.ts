import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { readRecord, unpackFile } from '@zoetrope/packager'

/**
 * Packages what has changed since the last time, and unpacks it under the data folder: what would be deployed, and nothing beside it. Answers the
 * folder that holds one folder per app. @throws Error when packaging fails
 */
export async function unpackApps(
  root: string,
  dataDirectory: string,
  say: (text: string) => void,
): Promise<string> {
  say('Packaging what has changed since the last time ...')
  await packageAll(root)
  const packages = join(root, 'dist', 'packages')
  const target = join(dataDirectory, 'packaged-apps')
  mkdirSync(target, { recursive: true })
  const records = readdirSync(packages)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readRecord(join(packages, name)))
  for (const name of readdirSync(target)) {
    if (!records.some(({ app }) => name === app || name === `${app}.sha256`))
      rmSync(join(target, name), { recursive: true })
  }
  for (const { app, archiveSha256 } of records) {
    const stamp = join(target, `${app}.sha256`)
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === archiveSha256) continue
    rmSync(stamp, { force: true })
    rmSync(join(target, app), { recursive: true, force: true })
    unpackFile(join(packages, `${app}.zip`), join(target, app))
    writeFileSync(stamp, archiveSha256)
    say(`Unpacked ${app}`)
  }
  return target
}

/** Runs `npm run package`; what it prints is shown when it fails. */
function packageAll(root: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'tools/packager/src/run-package.ts')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`The apps could not be packaged (code ${code}):\n${output.slice(-8000)}`))
    })
  })
}
