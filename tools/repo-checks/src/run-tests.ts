// `npm test`: every test of the repo. Unit and contract tests first, then the integration tests, at last those that encode
// films or raise the whole local stack; two files at a time. The last line is `N passed, N failed`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from './run-command.ts'

interface JestSummary {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly numPendingTests: number
  readonly numTotalTests: number
}

/** Projects whose tests encode films or raise the whole local stack. */
const heavyProjects = ['e2e', 'libs/av', 'apps/video']
const phases = [
  { name: 'unit and contract tests', pattern: String.raw`\.test\.ts$`, flags: ['--maxWorkers=2'] },
  {
    name: 'integration tests',
    pattern: String.raw`\.itest\.ts$`,
    flags: ['--maxWorkers=2', '--ignoreProjects', ...heavyProjects],
  },
  {
    name: 'media and end-to-end tests',
    pattern: String.raw`\.itest\.ts$`,
    flags: ['--maxWorkers=2', '--selectProjects', ...heavyProjects],
  },
]
const filters = process.argv.slice(2)
const scratch = mkdtempSync(join(tmpdir(), 'zoetrope-tests-'))
let passed = 0
let failed = 0
let skipped = 0

for (const [index, phase] of phases.entries()) {
  console.log(`\n== ${phase.name}`)
  const summaryFile = join(scratch, `${index}.json`)
  const { code } = await runCommand([
    process.execPath,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--config=jest.config.mjs',
    '--json',
    `--outputFile=${summaryFile}`,
    '--passWithNoTests',
    `--testPathPatterns=${filters.length > 0 ? `(${filters.join('|')}).*${phase.pattern}` : phase.pattern}`,
    // Last: some take all that follows.
    ...phase.flags,
  ])
  if (!existsSync(summaryFile)) {
    console.error(`Jest ended with ${code} and left no summary.`)
    failed += 1
    continue
  }
  const summary = JSON.parse(readFileSync(summaryFile, 'utf8')) as JestSummary
  passed += summary.numPassedTests
  skipped += summary.numPendingTests
  // A file that cannot even be loaded has no test to count: it is one failure.
  failed += Math.max(summary.numFailedTests, summary.numFailedTestSuites, code === 0 ? 0 : 1)
}

rmSync(scratch, { recursive: true, force: true })
if (passed + failed === 0) failed = 1
process.exitCode = failed > 0 ? 1 : 0
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
