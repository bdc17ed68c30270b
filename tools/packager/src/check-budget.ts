import type { Metafile } from 'esbuild'

import { budgetOf } from './budgets.ts'
import { megabytes } from './megabytes.ts'
import type { PackageRecord } from './package-record.ts'
import { sizeOfInputs } from './size-of-inputs.ts'

/** Inputs that are named when a bundle is too large. */
const namedInputs = 10

/** Checks a package against its budget. @throws Error that says by how much it is too large, and what the largest parts are */
export function checkBudget(record: PackageRecord, metafile: Metafile): void {
  const budget = budgetOf(record.app)
  if (record.javascriptBytes > budget.javascriptBytes) {
    const parts = sizeOfInputs(metafile).slice(0, namedInputs)
    throw new Error(
      `${record.app}: the JavaScript has ${megabytes(record.javascriptBytes)}, allowed are ${megabytes(budget.javascriptBytes)} (tools/packager/src/budgets.ts). Its largest parts:\n` +
        parts.map(([name, bytes]) => `  ${megabytes(bytes).padStart(10)}  ${name}`).join('\n'),
    )
  }
  if (record.nativeBytes > budget.nativeBytes)
    throw new Error(
      `${record.app}: native packages have ${megabytes(record.nativeBytes)}, allowed are ${megabytes(budget.nativeBytes)} (tools/packager/src/budgets.ts).`,
    )
}
