import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { Tree } from '@nx/devkit'

/** Formats what was written, and makes anew what is made from it: manifests, reference pages, and the compiled infrastructure. */
export async function finishGenerated(tree: Tree): Promise<void> {
  const written = tree
    .listChanges()
    .map(({ path }) => path)
    .filter((path) => path !== 'package-lock.json')
  await run(tree.root, ['node_modules/oxfmt/bin/oxfmt', ...written])
  await run(tree.root, ['tools/repo-checks/src/write-generated.ts'])
}

/** Runs a program of the workspace. @throws when it fails; the files that were written stay */
async function run(root: string, [program = '', ...args]: readonly string[]): Promise<void> {
  if (!existsSync(join(root, program))) throw new Error(`${program} is missing. Run \`npm ci\`.`)
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
  })
  if (code !== 0)
    throw new Error(`\`node ${program}\` failed. The files are written; mend what it says and run it again.`)
}
