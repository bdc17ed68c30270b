import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'

import { describe, expect, it } from '@jest/globals'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** Lints one file at this place of a repo, with our rules only; answers the messages. */
function lint(path: string, source: string): string[] {
  return lintAll({ [path]: source })[path] ?? []
}

/** Lints files at these places; answers the messages of each that has some, by place. */
function lintAll(sources: Readonly<Record<string, string>>): Record<string, string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'zoetrope-lint-')))
  try {
    for (const [path, source] of Object.entries(sources)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), source)
    }
    const rules = {
      'zoetrope/documented-export': 'error',
      'zoetrope/catalogued-error': 'error',
      'zoetrope/replay-safe': 'error',
      'zoetrope/no-sleep-in-tests': 'error',
      'zoetrope/reasoned-disable': 'error',
    }
    const config = {
      jsPlugins: [join(root, 'tools/lint-rules/src/plugin.mjs')],
      categories: { correctness: 'off' },
      rules,
    }
    writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config))
    const result = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/oxlint/bin/oxlint'),
        '-c',
        join(folder, '.oxlintrc.json'),
        '--format=json',
        folder,
      ],
      { encoding: 'utf8', cwd: folder },
    )
    const { diagnostics } = JSON.parse(result.stdout) as {
      diagnostics: { message: string; filename: string }[]
    }
    const found: Record<string, string[]> = {}
    for (const { message, filename } of diagnostics)
      (found[relative(folder, resolve(folder, filename)).replaceAll('\\', '/')] ??= []).push(message)
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('documented-export', () => {
  it('asks for a doc comment before an export of a lib', () => {
    expect(lint('libs/x/src/a.ts', 'export const one = 1\n')).toEqual([
      expect.stringContaining('Document `one`'),
    ])
    expect(lint('libs/x/src/a.ts', '/** One. */\nexport const one = 1\n')).toEqual([])
  })

  it('leaves apps alone', () => {
    expect(lint('apps/x/src/a.ts', 'export const one = 1\n')).toEqual([])
  })
})

describe('catalogued-error', () => {
  it('refuses a plain Error in apps and libs', () => {
    const source = "throw new Error('x')\n"

    expect(lint('apps/x/src/a.ts', source)).toEqual([expect.stringContaining('catalogue')])
    expect(lint('tools/x/src/a.ts', source)).toEqual([])
  })
})

describe('replay-safe', () => {
  it('refuses clocks, randomness, the environment and timers in an orchestration, and nowhere else', () => {
    const uses = {
      'Date.now': 'Date.now()',
      'new Date()': 'new Date()',
      'Math.random': 'Math.random()',
      'process.env': 'process.env.X',
      setTimeout: 'setTimeout(() => {}, 1)',
    }
    const sources = Object.values(uses).flatMap((code, n) => [
      [`apps/x/src/orchestrations/${n}.ts`, `void (${code})\n`],
      [`apps/x/src/activities/${n}.ts`, `void (${code})\n`],
    ])
    const expected = Object.keys(uses).map((named, n) => [
      `apps/x/src/orchestrations/${n}.ts`,
      [expect.stringContaining(named)],
    ])

    expect(lintAll(Object.fromEntries(sources))).toEqual(Object.fromEntries(expected))
  })

  it('refuses the import of a client', () => {
    const source = "import { CosmosClient } from '@azure/cosmos'\nvoid CosmosClient\n"

    expect(lint('apps/x/src/orchestrations/a.ts', source)).toEqual([expect.stringContaining('@azure/cosmos')])
  })
})

describe('no-sleep-in-tests', () => {
  const sleeps = [
    'await new Promise((done) => setTimeout(done, 100))',
    "await new Promise((done) => setTimeout(() => done('later'), ms))",
    'await new Promise(function (done) { globalThis.setTimeout(done, 100) })',
    'const { promise, resolve: done } = Promise.withResolvers(); setTimeout(done, 100); await promise',
    'const late = Promise.withResolvers(); setTimeout(late.resolve, 100); await late.promise',
    "import { setTimeout as pause } from 'node:timers/promises'; await pause(100)",
    "import { scheduler } from 'timers/promises'; await scheduler.wait(100)",
    "import * as timers from 'node:timers/promises'; await timers.setTimeout(100)",
    "import timers from 'node:timers'; await timers.promises.scheduler.wait(100)",
    "import { promises as timers } from 'node:timers'; await timers.setTimeout(100)",
    "import { setTimeout as start } from 'node:timers'; await new Promise((done) => start(done, 100))",
    "const { setTimeout: pause } = await import('node:timers/promises'); await pause(100)",
    "const timers = require('timers/promises'); await timers.setTimeout(100)",
    "import { promisify } from 'node:util'; const pause = promisify(setTimeout)",
    'await Bun.sleep(100)',
    'Atomics.wait(cells, 0, 0, 100)',
    "execSync('sleep 1')",
    "childProcess.spawnSync('sleep', ['1'])",
    'await page.waitForTimeout(100)',
    'await until(() => Date.now() > dueMs)',
  ]
  const noSleeps = [
    'await new Promise((done, fail) => { child.on("exit", done); setTimeout(() => fail(new Error("late")), 100) })',
    'await new Promise((done) => { child.on("exit", done); setTimeout(done, 100) })',
    'const { promise, resolve } = Promise.withResolvers(); work.then(resolve); setTimeout(resolve, 100); await promise',
    'const deadline = setTimeout(() => controller.abort(), 100)',
    'await fetch(url, { signal: AbortSignal.timeout(100) })',
    'await new Promise((done) => setTimeout(done))',
    'await new Promise((done) => setTimeout(done, 0))',
    'await new Promise(setImmediate)',
    'await until(() => clock.now() > dueMs)',
    "import { setImmediate as turn } from 'node:timers/promises'; await turn(100)",
    "const child = spawn('sleep', ['300'])",
    'const program = "await new Promise((done) => setTimeout(done, 100))"',
    "import { setTimeout } from './clock.ts'; await clock.setTimeout(100)",
  ]
  const found = [expect.stringContaining('may not sleep')]

  it('refuses every way to sleep', () => {
    const sources = Object.fromEntries(sleeps.map((source, n) => [`tools/x/src/${n}.test.ts`, `${source}\n`]))

    expect(lintAll(sources)).toEqual(Object.fromEntries(Object.keys(sources).map((path) => [path, found])))
  })

  it('lets a test wait for something else, within a time', () => {
    expect(
      lintAll(Object.fromEntries(noSleeps.map((source, n) => [`tools/x/src/${n}.test.ts`, source]))),
    ).toEqual({})
  })

  it('holds for tests and their helpers, and for nothing else', () => {
    const source = sleeps[0] ?? ''
    const paths = [
      'libs/x/src/a.itest.ts',
      'libs/x/test/helper.ts',
      'e2e/src/helper.ts',
      'libs/test-kit/src/a.ts',
    ]

    const sources = [...paths, 'libs/x/src/a.ts', 'apps/x/src/latest.ts'].map((path) => [path, source])
    expect(Object.keys(lintAll(Object.fromEntries(sources))).toSorted()).toEqual(paths.toSorted())
  })

  it('may be turned off for a reason', () => {
    const off = '// oxlint-disable-next-line zoetrope/no-sleep-in-tests'

    expect(lint('e2e/a.itest.ts', `${off} -- what is tested is time itself\n${sleeps[0]}\n`)).toEqual([])
    expect(lint('e2e/a.itest.ts', `${off}\n${sleeps[0]}\n`)).toEqual([expect.stringContaining('Say why')])
  })
})

describe('reasoned-disable', () => {
  it.each([
    '// oxlint-disable-next-line no-var',
    '/* oxlint-disable no-var */',
    '/* eslint-disable no-var -- */',
  ])('asks %s for a reason', (comment) => {
    expect(lint('apps/x/src/a.ts', `${comment}\n`)).toEqual([expect.stringContaining('Say why')])
  })
})
