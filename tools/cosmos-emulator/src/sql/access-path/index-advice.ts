import type { ContainerDefinition } from '../../storage/container-definition.ts'
import type { IndexColumn } from '../../storage/index-key.ts'
import { hasCompositeIndex, isPathIndexed } from '../../storage/indexing-policy.ts'
import type { PropertyRanges } from './property-ranges.ts'
import { isSingle } from './value-ranges.ts'
import { namesOf, pathOf } from './where-terms.ts'

/** Indexes as a policy writes them: `/a/b/?`, and `/a ASC` with others for a composite one. */
export interface AdvisedIndexes {
  single: string[]
  composite: string[][]
}

/** Which indexes of its container's policy a query uses, and which others would serve it. */
export interface IndexAdvice {
  utilized: AdvisedIndexes
  potential: AdvisedIndexes
}

/** Tells by the policy, as the service does, whatever the emulator has made of it in its file. */
export function adviseIndexes(
  { conditions, order }: { conditions: PropertyRanges; order: readonly IndexColumn[] },
  definition: ContainerDefinition,
): IndexAdvice {
  const advice: IndexAdvice = {
    utilized: { single: [], composite: [] },
    potential: { single: [], composite: [] },
  }
  const columns = order.filter(({ path }) => path.length > 0)
  const paths = new Set([...conditions.keys(), ...columns.map(({ path }) => pathOf(path))])
  for (const path of paths) {
    const names = namesOf(path)
    const side = isPathIndexed(definition, names) ? advice.utilized : advice.potential
    side.single.push(`${policyPath(names)}/?`)
  }
  const composite = compositeFor(conditions, columns)
  if (composite.length < 2) return advice
  const side = hasCompositeIndex(definition, composite) ? advice.utilized : advice.potential
  side.composite.push(
    composite.map(({ path, isDescending }) => `${policyPath(path)} ${isDescending ? 'DESC' : 'ASC'}`),
  )
  return advice
}

/** First what is compared with one value, then what is sorted, or else one range. */
function compositeFor(conditions: PropertyRanges, order: readonly IndexColumn[]): IndexColumn[] {
  const sorted = new Set(order.map(({ path }) => pathOf(path)))
  const open = [...conditions].filter(([path]) => !sorted.has(path))
  const isEqual = ([, ranges]: (typeof open)[number]): boolean => ranges.every(isSingle)
  const column = ([path]: (typeof open)[number]): IndexColumn => ({
    path: namesOf(path),
    isDescending: false,
  })
  const ranges = open.filter((entry) => !isEqual(entry)).slice(0, 1)
  const rest = order.length > 0 ? order : ranges.map(column)
  return [...open.filter(isEqual).map(column), ...rest]
}

function policyPath(names: readonly string[]): string {
  return names.map((name) => (/^\w+$/.test(name) ? `/${name}` : `/${JSON.stringify(name)}`)).join('')
}
