import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { describe, expect, it } from '@jest/globals'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** Lints one file at this place of a repo, with our rules only; answers the messages. */
function lint(path: string, source: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'zoetrope-lint-'))
  try {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, source)
    const rules = {
      'zoetrope/documented-export': 'error',
      'zoetrope/catalogued-error': 'error',
      'zoetrope/replay-safe': 'error',
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
    const { diagnostics } = JSON.parse(result.stdout) as { diagnostics: { message: string }[] }
    return diagnostics.map((diagnostic) => diagnostic.message)
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
  it.each([
    ['Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['Math.random()', 'Math.random'],
    ['process.env.X', 'process.env'],
    ['setTimeout(() => {}, 1)', 'setTimeout'],
  ])('refuses %s in an orchestration', (code, named) => {
    expect(lint('apps/x/src/orchestrations/a.ts', `void (${code})\n`)).toEqual([
      expect.stringContaining(named),
    ])
    expect(lint('apps/x/src/activities/a.ts', `void (${code})\n`)).toEqual([])
  })

  it('refuses the import of a client', () => {
    const source = "import { CosmosClient } from '@azure/cosmos'\nvoid CosmosClient\n"

    expect(lint('apps/x/src/orchestrations/a.ts', source)).toEqual([expect.stringContaining('@azure/cosmos')])
  })
})
