import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { RunningLocalStack } from '@zoetrope/local'
import { startLocalStack } from '@zoetrope/local'

const repoRoot = resolve(import.meta.dirname, '..')
const packages = join(repoRoot, 'dist', 'packages')
let stack: RunningLocalStack

beforeAll(async () => {
  // The data folder lies outside of the repo, so that no package finds anything there.
  stack = await startLocalStack({ access: 'identity', isPackaged: true })
}, 400_000)
afterAll(() => stack?.close(), 30_000)

describe('the packages that would be deployed, with identities and no keys', () => {
  it('answer as the versions that were packaged', async () => {
    const { console: page, ...apps } = stack.urls
    const answered = await Promise.all(
      Object.entries(apps).map(
        async ([app, url]) => [app, await (await fetch(`${url}/health`)).json()] as const,
      ),
    )

    expect(answered.length).toBeGreaterThanOrEqual(7)
    expect(Object.fromEntries(answered)).toEqual(
      Object.fromEntries(
        answered.map(([app]) => [app, { status: 'ok', app, version: recordOf(app).version }]),
      ),
    )
    expect(await (await fetch(`${page}/`)).text()).toContain('<title>Zoetrope</title>')
  })

  it('are what the list of hashes names', () => {
    const sums = readFileSync(join(packages, 'SHA256SUMS'), 'utf8').trim().split('\n')

    expect(sums).toEqual(
      readdirSync(packages)
        .filter((name) => name.endsWith('.zip'))
        .toSorted()
        .map((name) => `${recordOf(name.slice(0, -'.zip'.length)).archiveSha256}  ${name}`),
    )
  })

  it('process the demo', async () => {
    const { code, output } = await processDemo()

    expect([code, output]).toEqual([0, output])
    expect(output.match(/ {2}succeeded {2}cost /g)).toHaveLength(2)
  }, 150_000)
})

function recordOf(app: string): { readonly version: string; readonly archiveSha256: string } {
  return JSON.parse(readFileSync(join(packages, `${app}.json`), 'utf8')) as never
}

/** What `npm start -- --demo` runs beside the stack. */
function processDemo(): Promise<{ readonly code: number; readonly output: string }> {
  const files = ['photo.jpg', 'clip.mp4'].map((name) => join(repoRoot, 'examples', 'demo', name))
  const args = [
    join(repoRoot, 'libs/client/src/cli.ts'),
    'process',
    ...files,
    '--api',
    stack.urls['api'] ?? '',
    '--key-file',
    join(stack.dataDirectory, 'demo-key.json'),
  ]
  const env = { ...process.env, ...stack.environment, NO_COLOR: '1', FORCE_COLOR: '0' }
  return new Promise((done) => {
    execFile(process.execPath, args, { env, timeout: 140_000 }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code ?? -1) : 0, output: stdout + stderr }),
    )
  })
}
