import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { repoRoot } from '../src/repo-root.ts'

interface Manifest {
  readonly name: string
  readonly functions: readonly { readonly name: string }[]
}
interface PackageManifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const read = (path: string): string => readFileSync(join(repoRoot, path), 'utf8')
const manifests = JSON.parse(read('apps/manifests.json')) as readonly Manifest[]
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Record<string, PackageManifest> }
const kinds = /\.(http|queue|timer|changefeed)\.ts$/

describe.each(manifests)('apps/$name', ({ name, functions }) => {
  const folder = `apps/${name}`

  it('names each of its functions in the table of its README', () => {
    const rows = read(`${folder}/README.md`)
      .split('\n')
      .filter((line) => line.startsWith('|'))
    const unnamed = functions.filter((one) => !rows.some((row) => row.includes(`\`${one.name}\``)))

    expect(rows[0]?.replaceAll(/ +/g, ' ')).toBe('| function | trigger | what | when it fails |')
    expect(unnamed).toEqual([])
  })

  it('imports each file of src/functions in main.ts, once', () => {
    const files = readdirSync(join(repoRoot, folder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => kinds.test(file))
      .map((file) => file.replace(/^functions\W/, ''))
    const imported = [...read(`${folder}/src/main.ts`).matchAll(/^import '\.\/functions\/(.+)'$/gm)]

    expect(imported.map(([, file = '']) => file).toSorted()).toEqual(files.toSorted())
  })

  it('is a row of ARCHITECTURE.md', () => {
    expect(read('ARCHITECTURE.md')).toContain(`\`${folder}\``)
  })

  it('has in package-lock.json the dependencies of its package.json', () => {
    const wanted = JSON.parse(read(`${folder}/package.json`)) as PackageManifest
    const locked = lock.packages[folder]

    expect(locked?.dependencies).toEqual(wanted.dependencies)
    expect(locked?.devDependencies).toEqual(wanted.devDependencies)
  })
})
