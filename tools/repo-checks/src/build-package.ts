// `prepack` of a tool that is published: its TypeScript becomes JavaScript with types under dist/.
// Run in the tool's folder; needs a tsconfig.package.json there.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { repoRoot } from './repo-root.ts'
import { runCommand } from './run-command.ts'

const folder = process.cwd()
const dist = join(folder, 'dist')

rmSync(dist, { recursive: true, force: true })
const compiler = join(repoRoot, 'node_modules', 'typescript7', 'bin', 'tsc')
const { code } = await runCommand([process.execPath, compiler, '-p', join(folder, 'tsconfig.package.json')])
if (code !== 0) process.exit(code ?? 1)
for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  if (file.endsWith('.d.ts')) renameImports(join(dist, file))
}

/** The compiler leaves `.ts` in the imports of declarations; who installs the package has no such files. */
function renameImports(file: string): void {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replaceAll(/(from |import\()(['"]\.[^'"]*)\.ts(['"])/g, '$1$2.js$3'))
}
