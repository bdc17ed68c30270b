import type { QueryPage } from '../sql/run/query-page.ts'

/** The metrics of a page in the form of their header. Here documents are parsed once, so that no step but these takes time of its own. */
export function toMetricsText({ rows, metrics }: QueryPage): string {
  const { scannedCount, scannedBytes, matchedCount, totalMs, compileMs, loadMs } = metrics
  const values = {
    totalExecutionTimeInMs: totalMs.toFixed(2),
    queryCompileTimeInMs: compileMs.toFixed(2),
    queryLogicalPlanBuildTimeInMs: '0.00',
    queryPhysicalPlanBuildTimeInMs: '0.00',
    queryOptimizationTimeInMs: '0.00',
    VMExecutionTimeInMs: Math.max(0, totalMs - compileMs - loadMs).toFixed(2),
    indexLookupTimeInMs: '0.00',
    documentLoadTimeInMs: loadMs.toFixed(2),
    systemFunctionExecuteTimeInMs: '0.00',
    userFunctionExecuteTimeInMs: '0.00',
    retrievedDocumentCount: scannedCount,
    retrievedDocumentSize: scannedBytes,
    outputDocumentCount: rows.length,
    outputDocumentSize: rows.reduce((sum, row) => sum + row.length, 0),
    writeOutputTimeInMs: '0.00',
    indexUtilizationRatio: (scannedCount === 0 ? 1 : matchedCount / scannedCount).toFixed(2),
  }
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
}
