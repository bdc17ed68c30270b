import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { beforeAll, describe, expect, it } from '@jest/globals'

import { startCosmosEmulator } from '../src/index.ts'

const hasDotnet = spawnSync('dotnet', ['--version']).status === 0
if (!hasDotnet) {
  if (process.env['ZOETROPE_REQUIRE_DOTNET'])
    throw new Error('dotnet is missing, and ZOETROPE_REQUIRE_DOTNET asks for it.')
  console.warn('SKIPPED: dotnet is missing; the .NET SDK is not tried here.')
}
const describeWithDotnet = hasDotnet ? describe : describe.skip

const run = promisify(execFile)
const sources = join(import.meta.dirname, 'dotnet')
const caches = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'cosmos-dotnet')
const buildTimeoutMs = 300_000
const programTimeoutMs = 180_000
const environment = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }

/** Builds the program once for the text of its files; what is built stays in the cache of the workspace. */
async function buildProgram(): Promise<string> {
  const files = globSync('*.{cs,csproj}', { cwd: sources }).sort()
  const texts = files.map((file) => `${file}\n${readFileSync(join(sources, file), 'utf8')}`)
  const folder = join(caches, createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16))
  const program = join(folder, 'bin', 'smoke.dll')
  if (existsSync(program)) return program
  rmSync(caches, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of files) cpSync(join(sources, file), join(folder, file))
  // Built beside its place and moved there whole, so that what a stopped build leaves is never taken for the program.
  const options = [
    '-c',
    'Release',
    '-o',
    join(folder, 'new'),
    '-p:UseSharedCompilation=false',
    '-nodeReuse:false',
  ]
  await dotnet(['build', ...options], buildTimeoutMs, folder)
  cpSync(join(folder, 'new'), join(folder, 'bin'), { recursive: true })
  return program
}

/** What `dotnet` prints. Where it fails, the error tells all of that. */
async function dotnet(args: string[], timeoutMs: number, cwd?: string): Promise<string> {
  try {
    return (await run('dotnet', args, { cwd, env: environment, timeout: timeoutMs })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`dotnet ${args[0]} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** The steps of the program, and how many things each must show. */
const steps = [
  ['resources', 20],
  ['items', 28],
  ['queries', 40],
  ['batches', 14],
  ['change-feeds', 10],
  ['processors', 7],
  ['splits', 8],
  ['scripts-and-users', 7],
] as const

describeWithDotnet('the .NET SDK in gateway mode', () => {
  let output: string
  beforeAll(async () => {
    const program = await buildProgram()
    // As strict as the service: the client merges what partitions answer.
    await using emulator = await startCosmosEmulator({ gatewayStrict: true })
    const [account] = emulator.accounts
    if (!account) throw new Error('The emulator has no account.')
    output = await dotnet([program, account.endpoint, account.key], programTimeoutMs)
  }, buildTimeoutMs + programTimeoutMs)

  it.each(steps)('finds what it expects: %s', (step, least) => {
    const shown = new RegExp(`^done ${step}: (\\d+)$`, 'm').exec(output)?.[1]

    expect(Number(shown)).toBeGreaterThanOrEqual(least)
  })
})
