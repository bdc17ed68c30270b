import type { Expression, Query } from '../syntax/ast.ts'
import type { AggregateKind } from './aggregates.ts'
import type { DistanceFunctions } from './vector-distance.ts'

/** The values bound while a query runs: one slot per alias and per aggregate. */
export type Row = unknown[]

/** An expression made into a function of the row. */
export type Evaluate = (row: Row) => unknown

/** An aggregate of a query: what is added up, and the slot in which the result stands. */
export interface AggregateSlot {
  kind: AggregateKind
  argument: Evaluate
  slot: number
}

/** What the SELECT of a query with aggregates or GROUP BY may hold: aggregates, and what the groups are made by. */
export interface Grouping {
  aggregates: AggregateSlot[]
  keys: readonly Expression[]
}

/** A computed property: its value, and the name by which that speaks of the document. */
export interface ComputedProperty {
  alias: string
  value: Expression
}

/** What all parts of one query share while it is compiled. */
export interface CompileContext {
  parameters: ReadonlyMap<string, unknown>
  computed: ReadonlyMap<string, ComputedProperty>
  nowMs: number
  /** Whether shapes lie on a plane rather than on the earth: the container's `geospatialConfig`. */
  isFlat?: boolean
  /** How vectors are compared, by path: the container's `vectorEmbeddingPolicy`. */
  distanceFunctions?: DistanceFunctions
  nextSlot: number
  /** The slot of the document, to which the FROM of a subquery may go back. */
  rootSlot: number
  /** Handed in, so that expressions and queries can hold each other. */
  compileSubquery: (query: Query, scope: Scope) => (row: Row) => unknown[]
  /** Throws when the query has run for too long. */
  checkTime: () => void
  /** The user-defined function of this name; undefined when the container has none. Absent where none can be called. */
  userDefined?: (name: string) => ((values: unknown[]) => unknown) | undefined
}

/** The names that an expression may use. */
export interface Scope {
  context: CompileContext
  parent: Scope | undefined
  names: Map<string, number>
  /** The alias whose properties may be computed ones: the document itself. */
  rootName: string | undefined
  /** Present while the SELECT of a query with aggregates or GROUP BY is compiled. */
  grouping: Grouping | undefined
}

/** A scope inside another, with names of its own. */
export function innerScope(context: CompileContext, parent: Scope | undefined): Scope {
  return { context, parent, names: new Map(), rootName: undefined, grouping: undefined }
}

/** Gives a name the next free slot. */
export function declare(scope: Scope, name: string): number {
  const slot = scope.context.nextSlot
  scope.context.nextSlot += 1
  scope.names.set(name, slot)
  return slot
}

/** The slot of a name, and the scope that has it; undefined when nobody does. */
export function lookUp(scope: Scope, name: string): { slot: number; owner: Scope } | undefined {
  for (let current: Scope | undefined = scope; current; current = current.parent) {
    const slot = current.names.get(name)
    if (slot !== undefined) return { slot, owner: current }
  }
  return undefined
}
