import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execFileSync, spawn } from 'node:child_process'
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
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const packageFolder = join(import.meta.dirname, '..')
const modules = join(packageFolder, '..', '..', 'node_modules')

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Copies a package with all that it depends on, as an installation would: nothing else of the workspace is there. */
function install(name: string, to: string): void {
  const source = join(modules, name)
  const target = join(to, name)
  if (existsSync(target)) return
  cpSync(source, target, {
    recursive: true,
    dereference: true,
    filter: (path) => !/\.(map|d\.[cm]?ts)$|\/(browser|react-native)$/.test(path),
  })
  for (const needed of Object.keys(readManifest(source).dependencies ?? {})) {
    if (!existsSync(join(source, 'node_modules', needed))) install(needed, to)
  }
}

/** A folder outside the workspace with a stranger's app and the packed host installed beside it. */
function makeStrangersFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-package-'))
  const npm = process.env['npm_execpath']
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []]
  execFileSync(command, [...args, 'pack', '--pack-destination', folder], {
    cwd: packageFolder,
    stdio: 'pipe',
  })
  const [tarball = ''] = globSync('*.tgz', { cwd: folder })
  const target = join(folder, 'node_modules', '@zoetrope', 'functions-host')
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', target])
  const { dependencies = {} } = readManifest(target)
  for (const name of [...Object.keys(dependencies), '@azure/functions'])
    install(name, join(folder, 'node_modules'))
  const files = {
    'package.json': '{"name":"stranger","main":"src/functions/*.js"}',
    'host.json': '{"version":"2.0"}',
    'src/functions/hello.js': `
      const { app } = require('@azure/functions')
      app.http('hello', { handler: async (request) => ({ body: 'Hello ' + request.query.get('name') }) })`,
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}

describe('the packed package, installed outside the workspace', () => {
  let folder = ''
  beforeAll(() => {
    folder = makeStrangersFolder()
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("brings what its users read, and asks for nothing of the workspace's", () => {
    const target = join(folder, 'node_modules', '@zoetrope', 'functions-host')
    const names = Object.keys(readManifest(target).dependencies ?? {})

    expect(names.filter((name) => name.startsWith('@zoetrope/'))).toEqual([])
    for (const file of ['README.md', 'FIDELITY.md', 'LICENSE', 'dist/index.d.ts'])
      expect(existsSync(join(target, file))).toBe(true)
    expect(readFileSync(join(target, 'dist', 'index.d.ts'), 'utf8')).not.toContain(".ts'")
  })

  it.each(['functions-host', 'func'])("runs a stranger's app with `%s start`", async (program) => {
    const bin = join(folder, 'node_modules', '@zoetrope', 'functions-host', 'bin', `${program}.mjs`)
    const child = spawn(process.execPath, [bin, 'start', '--port', '0'], { cwd: folder })
    const exited = once(child, 'exit')
    try {
      let url = ''
      for await (const line of createInterface({ input: child.stdout })) {
        url = /hello: \[GET,POST\] (\S+)/.exec(line)?.[1] ?? url
        if (url) break
      }
      expect(await (await fetch(`${url}?name=stranger`)).text()).toBe('Hello stranger')
    } finally {
      child.kill('SIGTERM')
      await exited
    }
    expect(child.exitCode).toBe(0)
  })

  it("runs a stranger's app in a test of theirs", () => {
    const test = `
      import { startTestHost } from '@zoetrope/functions-host/testing'
      const host = await startTestHost({ directory: '.' })
      console.log(await (await host.fetch('/api/hello?name=tester')).text())
      await host[Symbol.asyncDispose]()`
    writeFileSync(join(folder, 'hello.test.mjs'), test)
    const output = execFileSync(process.execPath, ['hello.test.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(output).toBe('Hello tester\n')
  })
})
