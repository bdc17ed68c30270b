// `node tools/bench/src/main.ts [NAMES...] [--write]`: runs benches, one after the other, and prints their figures.
import { Command } from 'commander'

import type { Comparison, Figure } from './bench.ts'
import { isComparison } from './bench.ts'
import { benches } from './benches.ts'
import { describeFigure, pageFile, writePage } from './benchmarks-page.ts'
import { describeComparison } from './peers-table.ts'

async function run(names: readonly string[], flags: { readonly write?: boolean }): Promise<void> {
  const known = benches.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Error(`No bench is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
  const results: (Figure | Comparison)[] = []
  for (const bench of benches) {
    if (names.length > 0 && !names.includes(bench.name)) continue
    console.log(`${bench.name} ...`)
    for (const result of await bench.run()) {
      results.push(result)
      console.log(`  ${isComparison(result) ? describeComparison(result) : describeFigure(result)}`)
    }
  }
  if (!flags.write) return
  writePage(results, new Date())
  console.log(`Written to ${pageFile}.`)
}

const program = new Command('bench')
  .description('Measures us beside our peers, in one run.')
  .argument('[names...]', 'only these benches')
  .option('--write', 'write the figures into docs/reference/benchmarks.md')
  .action(run)
try {
  await program.parseAsync()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
