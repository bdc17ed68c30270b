/** Longitude and latitude in degrees, or x and y on a plane. */
export type Position = readonly [x: number, y: number]

/** The geometry that shapes lie on: the earth, or a plane. Edges are the shortest lines between two positions. */
export interface Surface {
  /** The angle, in radians and above 0 to the left, by which one turns at `from` to look from `a` to `b`. */
  angle: (from: Position, a: Position, b: Position) => number
  /** Whether two edges cross between their ends. */
  cross: (edge: Edge, other: Edge) => boolean
  midpoint: (edge: Edge) => Position
  /** Metres on the earth, units of the coordinates on a plane. */
  distance: (a: Position, b: Position) => number
  /** The least distance from a position to any position of an edge. */
  distanceToEdge: (from: Position, edge: Edge) => number
  /** A distance that `distanceToEdge` never falls below, found with little work. */
  leastToEdge: (from: Position, edge: Edge) => number
  /** What a closed ring has on its left: square metres on the earth; on a plane what it encloses, whichever way it turns. */
  area: (ring: readonly Position[]) => number
  /** Which way a ring goes around its smaller side: 1 to the left, -1 to the right. */
  turn: (ring: readonly Position[]) => 1 | -1
  /** Whether a ring that goes to the right encloses its larger side, as it does on the earth. */
  hasInverse: boolean
}

/** A line between two positions. */
export type Edge = readonly [Position, Position]

/** The lines between the positions of a path, one after the other. */
export function edgesOf(path: readonly Position[]): Edge[] {
  return path.slice(1).map((end, index): Edge => [path[index] ?? end, end])
}

/** Whether two positions are the same. */
export function isSame(a: Position, b: Position): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

const slightAngle = 1e-9

/** Whether a position lies on an edge, its ends included. */
export function isOnEdge(surface: Surface, position: Position, [a, b]: Edge): boolean {
  if (isSame(position, a) || isSame(position, b)) return true
  return !isSame(a, b) && Math.PI - Math.abs(surface.angle(position, a, b)) < slightAngle
}
