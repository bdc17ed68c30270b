import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { readyAccount } from './ready-account.ts'

const packageFolder = join(import.meta.dirname, '..')
const modules = join(packageFolder, '..', '..', 'node_modules')

/** What a stranger writes first. */
const twentyLines = `
import { CosmosClient } from '@azure/cosmos'

const [, , endpoint, key, step] = process.argv
const client = new CosmosClient({ endpoint, key })
const { database } = await client.databases.createIfNotExists({ id: 'shop' })
const { container } = await database.containers.createIfNotExists({ id: 'orders', partitionKey: '/customer' })

if (step === 'write') {
  for (let number = 1; number <= 5; number += 1)
    await container.items.create({ id: String(number), customer: number < 4 ? 'ada' : 'grace', total: number * 10 })
}
const { resources } = await container.items
  .query({
    query: 'SELECT VALUE o.total FROM orders o WHERE o.customer = @customer ORDER BY o.total DESC',
    parameters: [{ name: '@customer', value: 'ada' }],
  })
  .fetchAll()
console.log(JSON.stringify(resources))
`

interface Manifest {
  dependencies?: Record<string, string>
}

function dependenciesOf(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return Object.keys(manifest.dependencies ?? {})
}

/** Copies a library with all that it depends on: what npm would do, without a network. */
function install(name: string, to: string): void {
  if (existsSync(join(to, name))) return
  cpSync(join(modules, name), join(to, name), {
    recursive: true,
    dereference: true,
    filter: (path) => !/\.(map|d\.[cm]?ts)$|\/(browser|react-native)$/.test(path),
  })
  for (const needed of dependenciesOf(join(modules, name)))
    if (!existsSync(join(modules, name, 'node_modules', needed))) install(needed, to)
}

describe('the packed package, installed in an empty folder outside the workspace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cosmos-package-'))
  const target = join(folder, 'node_modules', '@zoetrope', 'cosmos-emulator')
  const running: ChildProcess[] = []

  beforeAll(() => {
    const npm = process.env['npm_execpath']
    const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []]
    execFileSync(command, [...args, 'pack', '--pack-destination', folder], {
      cwd: packageFolder,
      stdio: 'pipe',
    })
    const [tarball = ''] = globSync('*.tgz', { cwd: folder })
    mkdirSync(target, { recursive: true })
    execFileSync('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', target])
    for (const name of [...dependenciesOf(target), '@azure/cosmos'])
      install(name, join(folder, 'node_modules'))
    writeFileSync(join(folder, 'orders.mjs'), twentyLines)
  }, 120_000)
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('brings what its users read, and asks for nothing of the workspace', () => {
    expect(dependenciesOf(target).filter((name) => name.startsWith('@zoetrope/'))).toEqual([])
    for (const file of ['README.md', 'FIDELITY.md', 'LICENSE', 'dist/index.d.ts', 'dist/index.js'])
      expect([file, existsSync(join(target, file))]).toEqual([file, true])
    expect(readFileSync(join(target, 'dist', 'index.d.ts'), 'utf8')).not.toContain(".ts'")
  })

  it('keeps what twenty lines wrote when it is killed and started again', async () => {
    const start = async (): Promise<{
      child: ChildProcess
      endpoint: string
      output: (step: string) => string
    }> => {
      const bin = join(target, 'bin', 'cosmos-emulator.mjs')
      const child = spawn(process.execPath, [bin, 'start', '--port', '0', '--data', 'data'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      running.push(child)
      const { endpoint, key } = await readyAccount(child)
      const output = (step: string): string =>
        execFileSync(process.execPath, ['orders.mjs', endpoint, key, step], { cwd: folder, encoding: 'utf8' })
      return { child, endpoint, output }
    }

    const first = await start()
    expect(first.output('write')).toBe('[30,20,10]\n')
    for (const file of ['_explorer', '_explorer/main.js'])
      expect((await fetch(first.endpoint + file)).status).toBe(200)
    const killed = once(first.child, 'exit')
    first.child.kill('SIGKILL')
    await killed

    const second = await start()
    expect(second.output('read')).toBe('[30,20,10]\n')
    const ended = once(second.child, 'exit')
    second.child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }, 60_000)

  it('can be loaded where there is no node:sqlite, to say which Node it needs', () => {
    const refuse = `
      import { registerHooks } from 'node:module'
      registerHooks({
        resolve(name, context, next) {
          if (name === 'node:sqlite') throw new Error('No such built-in module: node:sqlite')
          return next(name, context)
        },
      })`
    writeFileSync(join(folder, 'refuse.mjs'), refuse)
    const load = `
      import { startCosmosEmulator } from '@zoetrope/cosmos-emulator'
      console.log(await startCosmosEmulator().catch(({ message }) => message))`
    writeFileSync(join(folder, 'load.mjs'), load)

    // Where the version is good enough, the module is asked for after all.
    expect(
      execFileSync(process.execPath, ['--import', './refuse.mjs', 'load.mjs'], {
        cwd: folder,
        encoding: 'utf8',
      }),
    ).toBe('No such built-in module: node:sqlite\n')
  })

  it('starts in a test of theirs', () => {
    const test = `
      import { startCosmosEmulator } from '@zoetrope/cosmos-emulator'
      const emulator = await startCosmosEmulator()
      console.log((await fetch(emulator.accounts[0].endpoint)).status)
      await emulator.close()`
    writeFileSync(join(folder, 'mine.test.mjs'), test)

    expect(execFileSync(process.execPath, ['mine.test.mjs'], { cwd: folder, encoding: 'utf8' })).toBe('401\n')
  })
})
