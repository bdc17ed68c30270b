import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { FakeAzure } from './fake-azure.ts'
import { writePackages } from './write-packages.ts'

const program = resolve(import.meta.dirname, '..', 'src', 'run-deploy.ts')
const azure = new FakeAzure('token-of-az')
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zoetrope-run-deploy-'))
  await azure.start([
    { app: 'api', version: 'api-1' },
    { app: 'images', version: undefined },
  ])
  // What `az account get-access-token` prints for who is signed in.
  mkdirSync(join(folder, 'bin'))
  const answer = {
    accessToken: 'token-of-az',
    expires_on: Math.floor(Date.now() / 1000) + 3600,
    tokenType: 'Bearer',
  }
  writeFileSync(join(folder, 'bin', 'az'), `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`)
  chmodSync(join(folder, 'bin', 'az'), 0o755)
})
afterAll(async () => {
  await azure.close()
  rmSync(folder, { recursive: true, force: true })
})

function run(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(
    process.execPath,
    [
      program,
      '--resource-group',
      'rg-dev',
      '--management-url',
      azure.managementUrl,
      '--poll-ms',
      '1',
      ...args,
    ],
    {
      env: {
        PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
        HOME: folder,
        NO_COLOR: '1',
        AZURE_SUBSCRIPTION_ID: '11111111-1111-1111-1111-111111111111',
      },
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, output })))
}

describe('npm run deploy', () => {
  it('deploys with the token of who is signed in with az, and writes a report', async () => {
    const packages = writePackages(join(folder, 'next'), { api: 'api-2', images: 'images-1' }, azure)
    const previous = writePackages(join(folder, 'previous'), { api: 'api-1' }, azure)
    const summary = join(folder, 'summary.md')
    const folders = ['--packages', packages, '--previous', previous]

    const dry = await run([...folders, '--dry-run'])
    const real = await run([...folders, '--no-smoke-test', '--summary', summary])

    // Output and code together: where it fails, the message shows why.
    expect(dry).toEqual({ code: 0, output: expect.stringContaining('2 of 2 apps would be deployed.') })
    expect(real).toEqual({ code: 0, output: expect.stringContaining('No smoke test, as asked for.') })
    expect(azure.installs.toSorted()).toEqual(['api api-2', 'images images-1'])
    expect(readFileSync(summary, 'utf8')).toContain('| images | nothing | images-1 | deployed |')
  })

  it('needs a key for the smoke test, before it touches anything', async () => {
    const { code, output } = await run([])

    expect(code).toBe(1)
    expect(output).toContain('The smoke test needs an API key in ZOETROPE_API_KEY')
  })
})
