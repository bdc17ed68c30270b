import type { Edge, Position, Surface } from './surface.ts'

/** The flat surface of containers whose `geospatialConfig` is of the type Geometry. */
export const plane: Surface = {
  angle: (from, a, b) => {
    const [p, q] = [minus(a, from), minus(b, from)]
    return Math.atan2(p[0] * q[1] - p[1] * q[0], p[0] * q[0] + p[1] * q[1])
  },
  cross: ([a, b], [c, d]) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0,
  midpoint: ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
  distance: (a, b) => Math.hypot(...minus(a, b)),
  distanceToEdge,
  leastToEdge: distanceToEdge,
  area: (ring) => Math.abs(doubledArea(ring)) / 2,
  turn: (ring) => (doubledArea(ring) < 0 ? -1 : 1),
  hasInverse: false,
}

function distanceToEdge(from: Position, edge: Edge): number {
  return Math.hypot(...minus(from, nearest(from, edge)))
}

function minus(a: Position, b: Position): [number, number] {
  return [a[0] - b[0], a[1] - b[1]]
}

/** Above 0 where a position lies to the left of the line from `a` to `b`. */
function side(a: Position, b: Position, position: Position): number {
  const [p, q] = [minus(b, a), minus(position, a)]
  return Math.sign(p[0] * q[1] - p[1] * q[0])
}

function nearest(from: Position, [a, b]: Edge): Position {
  const [along, toFrom] = [minus(b, a), minus(from, a)]
  const squared = along[0] ** 2 + along[1] ** 2
  const share = squared === 0 ? 0 : (along[0] * toFrom[0] + along[1] * toFrom[1]) / squared
  const kept = Math.min(1, Math.max(0, share))
  return [a[0] + kept * along[0], a[1] + kept * along[1]]
}

function doubledArea(ring: readonly Position[]): number {
  return ring.slice(1).reduce((sum, [x, y], index) => {
    const [previousX, previousY] = ring[index] ?? [x, y]
    return sum + previousX * y - x * previousY
  }, 0)
}
