import type { AdvisedIndexes, IndexAdvice } from '../sql/access-path/index-advice.ts'
import { isFlagged } from './exchange.ts'
import type { Request } from './exchange.ts'

const firstForm = 'x-ms-cosmos-populateindexmetrics'
const secondForm = 'x-ms-cosmos-populateindexmetrics-v2'

/** Whether a request asks which indexes its query uses. */
export function wantsIndexMetrics(request: Request): boolean {
  return isFlagged(request, firstForm) || isFlagged(request, secondForm)
}

/** The header that tells them, in the form that was asked for: JSON, URL-encoded in the second one, base64 in the first. */
export function indexMetricsHeader(request: Request, advice: IndexAdvice): Record<string, string> {
  const text = isFlagged(request, secondForm)
    ? encodeURIComponent(JSON.stringify(secondMetrics(advice)))
    : Buffer.from(JSON.stringify(firstMetrics(advice))).toString('base64')
  return { 'x-ms-cosmos-index-utilization': text }
}

function secondMetrics({ utilized, potential }: IndexAdvice): object {
  const toIndexes = ({ single, composite }: AdvisedIndexes): object => ({
    SingleIndexes: single.map((path) => ({ IndexSpec: path, IndexImpactScore: 'High' })),
    CompositeIndexes: composite.map((paths) => ({ IndexSpecs: paths, IndexImpactScore: 'High' })),
  })
  return { UtilizedIndexes: toIndexes(utilized), PotentialIndexes: toIndexes(potential) }
}

function firstMetrics({ utilized, potential }: IndexAdvice): object {
  const toSingle = (path: string): object => ({
    FilterExpression: '',
    IndexSpec: path,
    FilterPreciseSet: true,
    IndexPreciseSet: true,
    IndexImpactScore: 'High',
  })
  const toComposite = (paths: string[]): object => ({
    IndexSpecs: paths,
    IndexPreciseSet: true,
    IndexImpactScore: 'High',
  })
  return {
    UtilizedSingleIndexes: utilized.single.map(toSingle),
    PotentialSingleIndexes: potential.single.map(toSingle),
    UtilizedCompositeIndexes: utilized.composite.map(toComposite),
    PotentialCompositeIndexes: potential.composite.map(toComposite),
  }
}
