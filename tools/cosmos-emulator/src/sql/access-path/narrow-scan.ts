import { isKeyPart, prefixBounds, splitPath, toPartitionKey } from '../../partition/partition-key.ts'
import type { KeyPart } from '../../partition/partition-key.ts'
import type { Scan } from '../../storage/scan.ts'
import type { Expression } from '../syntax/ast.ts'
import { conjuncts, constantOf, constantsOf, isDocumentPath, pathOf, readComparison } from './where-terms.ts'
import type { Comparison } from './where-terms.ts'

/** What is known of the query when its scan is planned. */
export interface NarrowingFacts {
  where: Expression | undefined
  rootAlias: string | undefined
  parameters: ReadonlyMap<string, unknown>
  keyPaths: readonly string[]
}

type Bounds = Pick<Scan, 'pk' | 'pkBounds' | 'id' | 'ids' | 'idBounds' | 'tsBounds'>

/**
 * Takes from a WHERE what the file's indexes can narrow: partition key, id, `_ts`. Only terms that must all hold are
 * looked at, and the whole WHERE is evaluated again on every candidate, so that this can never change a result.
 */
export function narrowScan({ where, rootAlias, parameters, keyPaths }: NarrowingFacts): Bounds {
  const bounds: Bounds = {}
  const keyParts = new Map<string, KeyPart>()
  for (const term of rootAlias === undefined ? [] : conjuncts(where)) {
    const listed = listedIds(term, rootAlias ?? '', parameters)
    if (listed) bounds.ids = listed
    const comparison = readComparison(term, rootAlias ?? '', parameters)
    if (!comparison) continue
    const { path, operator, value } = comparison
    if (operator === '=' && isKeyPart(value)) keyParts.set(path, value)
    if (path === pathOf(['id'])) addIdBound(bounds, operator, value)
    if (path === pathOf(['_ts']) && typeof value === 'number')
      addBound((bounds.tsBounds ??= []), { operator, value })
  }
  return { ...bounds, ...keyBounds(keyPaths, keyParts) }
}

function listedIds(
  term: Expression,
  rootAlias: string,
  parameters: ReadonlyMap<string, unknown>,
): string[] | undefined {
  if (term.kind === 'in' && !term.isNegated && isDocumentPath(term.operand, rootAlias, ['id'])) {
    const values = constantsOf(term.list, parameters)
    return values && onlyStrings(values)
  }
  if (term.kind !== 'call' || term.isUserDefined || term.name.toUpperCase() !== 'ARRAY_CONTAINS')
    return undefined
  const [array, wanted] = term.args
  if (!array || !wanted || !isDocumentPath(wanted, rootAlias, ['id'])) return undefined
  const constant = constantOf(array, parameters)
  return Array.isArray(constant?.value) ? onlyStrings(constant.value) : undefined
}

function onlyStrings(values: unknown[]): string[] {
  return values.filter((value) => typeof value === 'string')
}

function addIdBound(bounds: Bounds, operator: Comparison['operator'], value: unknown): void {
  if (typeof value !== 'string') return
  if (operator === '=') bounds.id = value
  else addBound((bounds.idBounds ??= []), { operator, value })
}

/** A range has two ends; more of them would make a new SQL text, and so a new prepared statement, for each count. */
function addBound<T>(bounds: T[], bound: T): void {
  if (bounds.length < 2) bounds.push(bound)
}

function keyBounds(keyPaths: readonly string[], parts: ReadonlyMap<string, KeyPart>): Bounds {
  const known: KeyPart[] = []
  for (const path of keyPaths.map((keyPath) => pathOf(splitPath(keyPath)))) {
    if (!parts.has(path)) break
    known.push(parts.get(path))
  }
  if (known.length === 0) return {}
  const key = toPartitionKey(known)
  return known.length === keyPaths.length ? { pk: key.text } : { pkBounds: prefixBounds(key) }
}
