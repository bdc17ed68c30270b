// `npm run infra`: builds, lints and formats infra/, and makes main.json and the snapshots; then holds the snapshots to
// what the apps declare and were seen to do. With `--check` nothing is written: what differs from what is committed is a failure.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

import { repoRoot } from '../repo-root.ts'
import { checkSnapshot } from './check-snapshot.ts'
import { compileInfra, differingFiles, orphanedSnapshots } from './compile-infra.ts'
import { readDeclarations } from './declarations.ts'
import { findCompiler } from './find-compiler.ts'
import { parameterSets, readSnapshot } from './snapshot.ts'

// An option that is misspelt must not write what was only to be checked.
const { check: isCheck } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values
const failures = [...(await compile()), ...checkSnapshots()]
for (const failure of failures) console.error(failure)
process.exitCode = failures.length > 0 ? 1 : 0

/** Compares with the compiler's own answer where there is a compiler; answers what is wrong. */
async function compile(): Promise<string[]> {
  const compiler = await findCompiler()
  if (compiler.path === undefined) {
    const reasons = [
      `no Bicep compiler ${compiler.version}:`,
      ...compiler.reasons,
      `Install the .NET SDK (it restores the compiler), or put bicep ${compiler.version} on PATH.`,
    ].join(' ')
    if (!isCheck || process.env['ZOETROPE_REQUIRE_BICEP']) return [`infra/ cannot be compiled: ${reasons}`]
    console.log(`SKIPPED: whether infra/, main.json and the snapshots agree was not looked at: ${reasons}`)
    return []
  }
  const { problems, files } = await compileInfra(compiler.path)
  const differing = differingFiles(files)
  const orphans = orphanedSnapshots()
  if (!isCheck) write(files, differing, orphans)
  if (problems.length > 0) return [...problems]
  if (isCheck && differing.length + orphans.length > 0)
    return [
      `Not what the Bicep compiles to: ${[...differing, ...orphans].join(', ')}. Run \`npm run infra\` and commit the result.`,
    ]
  return []
}

/** Needs no compiler: reads what is committed, or has just been written. */
function checkSnapshots(): string[] {
  const declarations = readDeclarations()
  return parameterSets.flatMap((set) =>
    checkSnapshot(set, readSnapshot(set), declarations).map((finding) => `${set}: ${finding}`),
  )
}

function write(
  files: ReadonlyMap<string, string>,
  differing: readonly string[],
  orphans: readonly string[],
): void {
  for (const path of differing) {
    const content = files.get(path)
    if (content === undefined) continue
    mkdirSync(dirname(join(repoRoot, path)), { recursive: true })
    writeFileSync(join(repoRoot, path), content)
  }
  for (const path of orphans) rmSync(join(repoRoot, path))
  if (differing.length > 0) console.log(`Written: ${differing.join(', ')}`)
  if (orphans.length > 0) console.log(`Removed: ${orphans.join(', ')}`)
  if (differing.length + orphans.length === 0) console.log('Everything was up to date.')
}
