import { spawn } from 'node:child_process'

import type { Tree } from '@nx/devkit'

/** Formats what was written, and makes anew what is made from it: manifests, reference pages, and the compiled infrastructure. */
export async function finishGenerated(tree: Tree): Promise<void> {
  const written = tree
    .listChanges()
    .map(({ path }) => path)
    .filter((path) => path !== 'package-lock.json')
  const steps = [
    ['node_modules/oxfmt/bin/oxfmt', ...written],
    ['tools/repo-checks/src/write-generated.ts'],
    ['tools/repo-checks/src/infra/run-infra.ts'],
    // Some pages are made from the compiled infrastructure.
    ['tools/repo-checks/src/write-generated.ts'],
  ]
  for (const step of steps) if (!(await run(tree.root, step))) return
}

/** Runs a program of the workspace. What it makes can be made later: where it fails, what to run again is said, loudly. */
async function run(root: string, [program = '', ...args]: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
  })
  if (code === 0) return true
  process.exitCode = 1
  console.error(
    `\nThe files are written, but \`node ${program}\` failed. Mend what it says, then run \`npm run format\`, \`npm run generate\`, \`npm run infra\` and \`npm run generate\`.`,
  )
  return false
}
