import { isJsonObject } from '../../json.ts'
import type { Expression } from '../syntax/ast.ts'
import { sqlError } from '../syntax/sql-error.ts'

/** How two vectors are compared. */
export type DistanceFunction = 'cosine' | 'dotproduct' | 'euclidean'

/** The comparisons that a container's `vectorEmbeddingPolicy` names, by path such as `/a/b`. */
export type DistanceFunctions = ReadonlyMap<string, DistanceFunction>

interface VectorContext {
  parameters: ReadonlyMap<string, unknown>
  distanceFunctions?: DistanceFunctions
}

type Call = Expression & { kind: 'call' }

const compare: Record<DistanceFunction, (a: readonly number[], b: readonly number[]) => number> = {
  cosine: (a, b) => product(a, b) / Math.sqrt(product(a, a) * product(b, b)),
  dotproduct: product,
  euclidean: (a, b) => Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0)),
}

/** The comparison that a name stands for, in any case of letters. */
function toDistanceFunction(name: unknown): DistanceFunction | undefined {
  const lower = typeof name === 'string' ? name.toLowerCase() : ''
  return Object.hasOwn(compare, lower) ? (lower as DistanceFunction) : undefined
}

/** The comparisons of a `vectorEmbeddingPolicy`. */
export function distanceFunctionsOf(policy: unknown): DistanceFunctions {
  const embeddings: unknown = isJsonObject(policy) ? policy.vectorEmbeddings : undefined
  const entries: unknown[] = Array.isArray(embeddings) ? embeddings : []
  return new Map(
    entries.flatMap((entry) => {
      const name = isJsonObject(entry) ? toDistanceFunction(entry.distanceFunction) : undefined
      return name && isJsonObject(entry) ? [[String(entry.path), name] as const] : []
    }),
  )
}

/** The distance, or the likeness, of two vectors; undefined unless both are numbers, and equally many. */
export function vectorDistance(name: DistanceFunction, a: unknown, b: unknown): number | undefined {
  if (!isVector(a) || !isVector(b) || a.length !== b.length) return undefined
  const distance = compare[name](a, b)
  return Number.isFinite(distance) ? distance : undefined
}

/** The comparison of a call of VectorDistance: that of its options, else that of the container for its path, else cosine. */
export function distanceFunctionOf(call: Call, context: VectorContext): DistanceFunction {
  const [first, second, , options] = call.args
  const named = options ? optionOf(options, context) : undefined
  if (named !== undefined) {
    const chosen = toDistanceFunction(named)
    if (chosen) return chosen
    throw sqlError('SC2060', `The distanceFunction must be cosine, dotproduct or euclidean.`, options)
  }
  const paths = [first, second].map((argument) => argument && pathOf(argument))
  const known = paths.map((path) => (path === undefined ? undefined : context.distanceFunctions?.get(path)))
  return known.find((name) => name !== undefined) ?? 'cosine'
}

/** Whether ORDER BY such a call puts the highest first: the most like come first, whatever the query says. Undefined for other calls. */
export function sortsHighestFirst(value: Expression, context: VectorContext): boolean | undefined {
  if (!isVectorDistance(value)) return undefined
  return distanceFunctionOf(value, context) !== 'euclidean'
}

/** Whether an expression calls VectorDistance. */
export function isVectorDistance(value: Expression): value is Call {
  return value.kind === 'call' && !value.isUserDefined && value.name.toUpperCase() === 'VECTORDISTANCE'
}

function optionOf(options: Expression, { parameters }: VectorContext): unknown {
  if (options.kind === 'parameter') {
    const value = parameters.get(options.name)
    return isJsonObject(value) ? value.distanceFunction : undefined
  }
  const property =
    options.kind === 'object' ? options.properties.find(({ key }) => key === 'distanceFunction') : undefined
  if (property?.value.kind === 'parameter') return parameters.get(property.value.name)
  return property?.value.kind === 'literal' ? property.value.value : undefined
}

/** The path of `c.a["b"]` as a policy writes it: `/a/b`. */
function pathOf(expression: Expression): string | undefined {
  if (expression.kind === 'name') return ''
  if (expression.kind !== 'member' || expression.key.kind !== 'literal') return undefined
  const parent = pathOf(expression.object)
  return parent === undefined ? undefined : `${parent}/${String(expression.key.value)}`
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}
