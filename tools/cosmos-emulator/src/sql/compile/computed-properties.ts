import { badRequest } from '../../errors.ts'
import { isJsonObject } from '../../json.ts'
import type { JsonObject } from '../../json.ts'
import { systemProperties } from '../../system-properties.ts'
import type { Expression, Query } from '../syntax/ast.ts'
import { parseQuery } from '../syntax/parse-query.ts'
import { compileMainQuery } from './compile-query.ts'
import type { ComputedProperty } from './scope.ts'

/** The definition of a computed property: `query` is of the form `SELECT VALUE ... FROM c`. */
export interface ComputedPropertyDefinition {
  name: string
  query: string
}

const mostProperties = 20
const takenNames = new Set(['id', ...systemProperties])
const refusedFunctions =
  /^(?:COUNT|COUNTIF|SUM|AVG|MIN|MAX|MAKELIST|MAKESET|RAND|NOW|AGO|GETCURRENT.*|ST_.*|VECTORDISTANCE|FULLTEXT.*|RRF)$/i

// Read once for each definition of a container, and kept as long as that.
const known = new WeakMap<object, ReadonlyMap<string, ComputedProperty>>()

/** The computed properties of a container's definition, by name. @throws ServiceError 400 */
export function readComputedProperties(
  definitions: readonly ComputedPropertyDefinition[] = [],
): ReadonlyMap<string, ComputedProperty> {
  const read = known.get(definitions)
  if (read) return read
  const properties = new Map(definitions.map(({ name, query }) => [name, toProperty(name, query)]))
  known.set(definitions, properties)
  return properties
}

/** Checks the computed properties that a container is told to have. @throws ServiceError 400 */
export function checkComputedProperties(value: unknown): {
  computedProperties?: ComputedPropertyDefinition[]
} {
  if (value === undefined || value === null) return {}
  if (!Array.isArray(value)) throw badRequest('The computed properties must be an array.')
  if (value.length > mostProperties)
    throw badRequest(`A container can have at most ${mostProperties} computed properties.`)
  const names = new Set<string>()
  const definitions = (value as unknown[]).map((entry): ComputedPropertyDefinition => {
    if (!isJsonObject(entry) || typeof entry.name !== 'string' || typeof entry.query !== 'string')
      throw badRequest('A computed property must have a name and a query.')
    checkName(entry.name, names)
    checkQuery(entry.name, entry.query)
    return { name: entry.name, query: entry.query }
  })
  return { computedProperties: definitions }
}

function checkName(name: string, names: Set<string>): void {
  if (name === '' || takenNames.has(name))
    throw badRequest(`The name '${name}' cannot be that of a computed property.`)
  if (names.has(name)) throw badRequest(`The computed property '${name}' is defined more than once.`)
  names.add(name)
}

function checkQuery(name: string, text: string): void {
  const refuse = (what: string): never => {
    throw badRequest(`The query of the computed property '${name}' ${what}.`)
  }
  const { value } = toProperty(name, text)
  const held = nodesOf(value)
  for (const node of held) {
    if (node.kind === 'call' && node.isUserDefined === true) refuse(`cannot call 'udf.${String(node.name)}'`)
    if (node.kind === 'call' && refusedFunctions.test(String(node.name)))
      refuse(`cannot call '${String(node.name)}'`)
  }
  if (held.some((node) => node.kind === 'subquery' && node.form !== 'array')) refuse('cannot hold a subquery')
  if (held.some(({ kind }) => kind === 'parameter')) refuse('cannot hold a parameter')
  // Names and functions are checked as for running it.
  compileMainQuery(parseQuery(text), {
    parameters: new Map(),
    computed: new Map(),
    nowMs: 0,
    nextSlot: 1,
    rootSlot: 0,
    checkTime: () => undefined,
  })
}

function toProperty(name: string, text: string): ComputedProperty {
  const query = parseQuery(text)
  const { select, from } = query
  const [source, ...joins] = from
  const isRoot = source?.source.kind === 'name' && !source.isIterated
  if (select.kind !== 'value' || !isRoot || joins.length > 0 || hasMore(query))
    throw badRequest(
      `The query of the computed property '${name}' must be of the form SELECT VALUE ... FROM c.`,
    )
  return { alias: source.alias, value: select.value }
}

function hasMore({ isDistinct, top, where, groupBy, orderBy, offset }: Query): boolean {
  return isDistinct || [top, where, offset].some(Boolean) || groupBy.length + orderBy.length > 0
}

/** An expression with all that it holds, at any depth: walked without recursion, for chains may be long. */
function nodesOf(expression: Expression): JsonObject[] {
  const nodes: JsonObject[] = []
  const waiting: unknown[] = [expression]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (isJsonObject(node)) nodes.push(node)
    if (typeof node === 'object' && node !== null) waiting.push(...Object.values(node))
  }
  return nodes
}
