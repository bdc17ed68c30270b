import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Tree } from '@nx/devkit'
import { createTree } from '@nx/devkit/testing'

const root = resolve(import.meta.dirname, '../../..')
const read = [
  'package-lock.json',
  'ARCHITECTURE.md',
  'docs/operations/tuning.md',
  'apps/*',
  'libs/contracts/src/*.ts',
  'libs/*/package.json',
]

const files = execFileSync('git', ['ls-files', '-z', ...read], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) => /\.(ts|json|md)$/.test(path))
  .map((path) => [path, readFileSync(join(root, path))] as const)

/** A tree in memory with those files of this workspace that the generators read. */
export function workspaceTree(): Tree {
  const tree = createTree()
  for (const [path, text] of files) tree.write(path, text)
  return tree
}

/** The text of a file that must be there. */
export function textOf(tree: Tree, path: string): string {
  const text = tree.read(path, 'utf8')
  if (text === null) throw new Error(`${path} is not there.`)
  return text
}

/** All files with their texts, to compare a tree with itself. */
export function snapshotOf(tree: Tree): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tree.listChanges().map(({ path, content }) => [path, content?.toString('utf8') ?? '']),
  )
}
