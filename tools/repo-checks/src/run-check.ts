// `npm run check`: format, lint with boundaries, types, dead code, what is generated, and what is provisioned in Azure,
// against what is committed.
import pico from 'picocolors'

import { runCommand } from './run-command.ts'

const node = process.execPath
const steps = [
  { name: 'format', argv: [node, 'node_modules/oxfmt/bin/oxfmt', '--check', '.'] },
  // The boundary rule reads the cached project graph, so it is made anew first.
  { name: 'project graph', argv: [node, 'node_modules/nx/dist/bin/nx.js', 'graph', '--print'], quiet: true },
  { name: 'lint and boundaries', argv: [node, 'node_modules/oxlint/bin/oxlint', '--type-aware'] },
  { name: 'types', argv: [node, 'node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json'] },
  { name: 'dead code', argv: [node, 'node_modules/knip/bin/knip.js', '--no-progress'] },
  { name: 'generated files', argv: [node, 'tools/repo-checks/src/write-generated.ts', '--check'] },
  { name: 'infra', argv: [node, 'tools/repo-checks/src/infra/run-infra.ts', '--check'] },
]

let failures = 0
for (const step of steps) {
  const startedAt = performance.now()
  const { code, output } = await runCommand(step.argv, { capture: true })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${code === 0 ? pico.green('ok  ') : pico.red('FAIL')} ${step.name} (${seconds} s)`)
  // What could not be looked at is said, whatever else went well.
  for (const line of output.split('\n')) if (line.startsWith('SKIPPED')) console.log(pico.yellow(line))
  if (code !== 0) {
    failures += 1
    console.log(output)
  }
}
if (failures > 0) console.log(pico.red(`${failures} of ${steps.length} steps failed.`))
process.exitCode = failures > 0 ? 1 : 0
