import { isJsonObject } from '../../json.ts'
import { edgesOf, isSame } from './surface.ts'
import type { Edge, Position, Surface } from './surface.ts'

/** A shape of GeoJSON, taken apart: single positions, lines, and polygons whose first ring is the outer one. */
export interface Shape {
  positions: Position[]
  lines: Position[][]
  polygons: Position[][][]
}

/** A shape, or why a value is none. */
export type Reading = { shape: Shape } | { reason: string }

class InvalidShape extends Error {}

const mostPositions = 4096

/** How shapes are read: on a plane there are no limits of longitude and latitude. `checkTime` is called for each pair of edges. */
export interface ReadingRules {
  surface: Surface
  isFlat: boolean
  checkTime: () => void
}

/** Reads a Point, LineString, Polygon or MultiPolygon. */
export function readShape(value: unknown, rules: ReadingRules): Reading {
  try {
    return { shape: toShape(value, rules) }
  } catch (error) {
    if (error instanceof InvalidShape) return { reason: error.message }
    throw error
  }
}

function toShape(value: unknown, rules: ReadingRules): Shape {
  if (!isJsonObject(value)) throw new InvalidShape('The input is not a GeoJSON object.')
  const { type, coordinates } = value
  const none: Shape = { positions: [], lines: [], polygons: [] }
  let count = 0
  const position = (item: unknown): Position => {
    count += 1
    if (count > mostPositions) throw new InvalidShape(`A shape can have at most ${mostPositions} positions.`)
    return toPosition(item, rules.isFlat)
  }
  const polygon = (item: unknown): Position[][] =>
    listOf(item, 'polygon').map((ring, index) => toRing(listOf(ring, 'ring').map(position), index, rules))
  switch (type) {
    case 'Point':
      return { ...none, positions: [position(coordinates)] }
    case 'LineString': {
      const line = listOf(coordinates, 'LineString').map(position)
      if (line.length < 2) throw new InvalidShape('A LineString must have at least two positions.')
      return { ...none, lines: [line] }
    }
    case 'Polygon':
      return { ...none, polygons: [polygon(coordinates)] }
    case 'MultiPolygon':
      return { ...none, polygons: listOf(coordinates, 'MultiPolygon').map(polygon) }
    default:
      throw new InvalidShape('The type must be Point, LineString, Polygon or MultiPolygon.')
  }
}

function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new InvalidShape(`The coordinates of a ${what} must be an array that is not empty.`)
  return value
}

function toPosition(value: unknown, isFlat: boolean): Position {
  const [x, y]: unknown[] = Array.isArray(value) ? value : []
  const isPosition = Array.isArray(value) && value.length <= 4 && value.every(Number.isFinite)
  if (!isPosition || typeof x !== 'number' || typeof y !== 'number')
    throw new InvalidShape('A position must be an array of two to four numbers.')
  if (!isFlat && Math.abs(y) > 90)
    throw new InvalidShape('Latitude values must be between -90 and 90 degrees.')
  if (!isFlat && Math.abs(x) > 180)
    throw new InvalidShape('Longitude values must be between -180 and 180 degrees.')
  return [x, y]
}

function toRing(ring: Position[], index: number, rules: ReadingRules): Position[] {
  const [first, last] = [ring[0], ring.at(-1)]
  if (!first || !last || !isSame(first, last))
    throw new InvalidShape(
      `The Polygon input is not valid because the start and end points of the ring number ${index + 1} are not the same. Each ring of a polygon must have the same start and end points.`,
    )
  if (ring.length < 4)
    throw new InvalidShape(`The ring number ${index + 1} of the Polygon has fewer than four positions.`)
  if (crossesItself(ring, rules))
    throw new InvalidShape(`The edges of the ring number ${index + 1} of the Polygon cross each other.`)
  return ring
}

/** Looks at pairs of edges alone that overlap from south to north. */
function crossesItself(ring: readonly Position[], { surface, checkTime }: ReadingRules): boolean {
  const low = ([a, b]: Edge): number => Math.min(a[1], b[1])
  const high = ([a, b]: Edge): number => Math.max(a[1], b[1])
  const edges = edgesOf(ring).toSorted((a, b) => low(a) - low(b))
  return edges.some((edge, index) => {
    for (let at = index + 1; at < edges.length; at += 1) {
      const other = edges[at]
      if (!other || low(other) > high(edge)) return false
      checkTime()
      if (surface.cross(edge, other)) return true
    }
    return false
  })
}
