import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from '@jest/globals'
import { unzipSync } from 'fflate'

import { packFiles, readFolder, unpackFile } from '../src/archive.ts'
import { bundleApp } from '../src/bundle-app.ts'
import { checkBudget } from '../src/check-budget.ts'
import { copyNatives } from '../src/copy-natives.ts'
import { packageFolderOf, readLockFile } from '../src/lock-file.ts'
import { writeNotices } from '../src/notices.ts'
import { packageApp } from '../src/package-app.ts'
import { repoRoot } from '../src/repo-root.ts'
import { traceNatives } from '../src/trace-natives.ts'

const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-packager-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const cache = join(scratch, 'cache')

describe('packageApp', () => {
  it('gives the same bytes from two checkouts', async () => {
    const other = await checkOut('apps/relay')

    const first = await packageApp({ root: repoRoot, dist: join(scratch, 'first'), cache }, 'apps/relay')
    const second = await packageApp({ root: other, dist: join(other, 'dist'), cache }, 'apps/relay')

    expect(second).toEqual(first)
    expect(sha256(join(other, 'dist/packages/relay.zip'))).toBe(first.archiveSha256)
  }, 120_000)

  it('puts in what the host needs, licences, and no source map, source or native package that is not used', () => {
    const names = Object.keys(unzipSync(readFileSync(join(scratch, 'first/packages/relay.zip'))))

    expect(names).toEqual(
      expect.arrayContaining(['host.json', 'main.mjs', 'manifest.json', 'package.json', 'LICENSE']),
    )
    expect(names.filter((name) => /\.(map|ts)$|node_modules/.test(name))).toEqual([])
    expect(readdirSync(join(scratch, 'first/maps/relay'))).toContain('main.mjs.map')
    expect(readFileSync(join(scratch, 'first/apps/relay/THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(
      /@azure\/cosmos \d[\s\S]*Permission is hereby granted/,
    )
  })

  it('takes binaries for 64-bit Linux with glibc only, and the JavaScript that reaches them', async () => {
    const lock = readLockFile(repoRoot)
    const out = join(scratch, 'natives')

    const places = await copyNatives(
      { root: repoRoot, cache, out },
      lock,
      await traceNatives(repoRoot, lock, ['sharp']),
    )

    const names = [...readFolder(out).keys()]
    const binaries = names.filter((name) => /\.(node|so[.\d]*|dll|dylib|wasm)$/.test(name))
    expect(binaries.map((name) => name.split('/').slice(0, 3).join('/')).toSorted()).toEqual([
      'node_modules/@img/sharp-libvips-linux-x64',
      'node_modules/@img/sharp-linux-x64',
    ])
    expect(names).toContain('node_modules/sharp/package.json')
    const notices = writeNotices(repoRoot, lock, places)
    expect(notices).toMatch(/\| libvips +\| LGPLv3/)
    expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE')
    expect(names.filter((name) => /\.(d\.[cm]?ts|md|h|cc)$/.test(name))).toEqual([])
  })

  it('refuses what is no function app', async () => {
    await expect(packageApp({ root: repoRoot, dist: scratch, cache }, 'apps/console')).rejects.toThrow(
      'apps/console is no function app: it has no host.json.',
    )
  })
})

describe('a budget', () => {
  const metafile = {
    inputs: {},
    outputs: {
      'main.mjs': {
        bytes: 4_000_000,
        imports: [],
        exports: [],
        inputs: {
          'node_modules/large/index.js': { bytesInOutput: 3_900_000 },
          'libs/store/src/index.ts': { bytesInOutput: 100_000 },
        },
      },
    },
  }
  const record = {
    app: 'api',
    version: '0.1.0+0',
    javascriptBytes: 2_000_000,
    nativeBytes: 0,
    archiveBytes: 1,
    archiveSha256: '',
  }

  it('that is kept says nothing', () => {
    expect(() => checkBudget(record, metafile)).not.toThrow()
  })

  it('that is not kept names the largest parts', () => {
    expect(() => checkBudget({ ...record, javascriptBytes: 4_000_000 }, metafile)).toThrow(
      /api: the JavaScript has 4\.00 MB, allowed are 3\.00 MB[\s\S]*3\.90 MB {2}large\n +0\.10 MB {2}libs\/store/,
    )
  })

  it('of an app without native packages holds them off', () => {
    expect(() => checkBudget({ ...record, nativeBytes: 1 }, metafile)).toThrow('api: native packages have')
  })
})

describe('an archive', () => {
  it('does not depend on the order of its files', () => {
    const a = ['a.txt', Buffer.from('a')] as const
    const b = ['b/c.txt', Buffer.from('b')] as const

    expect(packFiles(new Map([a, b]))).toEqual(packFiles(new Map([b, a])))
  })

  it('unpacks to what went in, and never outside of its folder', () => {
    const good = join(scratch, 'good.zip')
    const bad = join(scratch, 'bad.zip')
    writeFileSync(good, packFiles(new Map([['b/c.txt', Buffer.from('content')]])))
    writeFileSync(bad, packFiles(new Map([['../escaped.txt', Buffer.from('content')]])))

    unpackFile(good, join(scratch, 'unpacked'))

    expect(readFileSync(join(scratch, 'unpacked/b/c.txt'), 'utf8')).toBe('content')
    expect(() => unpackFile(bad, join(scratch, 'unpacked'))).toThrow('lies outside of it')
    expect(existsSync(join(scratch, 'escaped.txt'))).toBe(false)
  })
})

/** Another checkout, elsewhere, of all that an app is made of. */
async function checkOut(project: string): Promise<string> {
  const root = join(scratch, 'elsewhere', 'a checkout')
  const folders = { root: repoRoot, project, out: join(scratch, 'out'), maps: join(scratch, 'out-maps') }
  const inputs = Object.keys((await bundleApp(folders)).inputs)
  // Whole packages: the bundler also reads the source maps that they bring.
  const packages = new Set(inputs.flatMap((path) => packageFolderOf(path) ?? []))
  const beside = ['package.json', 'package-lock.json', 'LICENSE', 'THIRD-PARTY.md', 'tsconfig.json', 'libs']
  for (const path of [...packages, ...beside, project]) {
    cpSync(join(repoRoot, path), join(root, path), {
      recursive: true,
      filter: (file) => !file.endsWith('.d.ts'),
    })
  }
  mkdirSync(join(root, 'node_modules/@zoetrope'), { recursive: true })
  for (const name of readdirSync(join(root, 'libs')))
    symlinkSync(join('../../libs', name), join(root, 'node_modules/@zoetrope', name))
  return root
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
