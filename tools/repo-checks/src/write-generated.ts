// Writes every generated file, or those whose paths are given, or says which one is not what the code would make (`--check`).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { generateFile, generatedFiles } from './generated-files.ts'
import { repoRoot } from './repo-root.ts'
import { runCommand } from './run-command.ts'

const isCheck = process.argv.includes('--check')
const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const chosen = generatedFiles().filter(({ path }) => paths.length === 0 || paths.includes(path))
const differing: string[] = []
for (const file of chosen) {
  const path = join(repoRoot, file.path)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const content = await generateFile(file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  await runCommand([process.execPath, 'node_modules/oxfmt/bin/oxfmt', file.path], { capture: true })
  if (readFileSync(path, 'utf8') === before) continue
  differing.push(file.path)
  if (isCheck) writeFileSync(path, before)
}
if (isCheck && differing.length > 0) {
  console.error(
    `Not what the code makes: ${differing.join(', ')}.\nRun \`npm run generate\` and commit the result.`,
  )
  process.exitCode = 1
} else if (!isCheck) {
  console.log(
    differing.length > 0 ? `Written: ${differing.join(', ')}` : 'Everything generated was up to date.',
  )
}
