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
    // The page that is made from the compiled infrastructure.
    ['tools/repo-checks/src/write-generated.ts', 'docs/reference/roles.md'],
  ]
  for (const step of steps) await run(tree.root, step)
}

/** Runs a program of the workspace. @throws when it fails, saying what to run again: what it makes can be made later */
async function run(root: string, [program = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
  })
  if (code === 0) return
  throw new Error(
    `The files are written, but \`node ${program}\` failed. Mend what it says, then run \`npm run format\`, \`npm run generate\`, \`npm run infra\` and \`npm run generate\`.`,
  )
}
