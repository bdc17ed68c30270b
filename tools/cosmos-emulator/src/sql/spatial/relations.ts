import type { Shape } from './geometry.ts'
import { edgesOf, isOnEdge, isSame } from './surface.ts'
import type { Edge, Position, Surface } from './surface.ts'

type Place = 'inside' | 'edge' | 'outside'

/** Questions about shapes on one surface. `checkTime` is called for each edge that is looked at. */
export class Relations {
  readonly #surface: Surface
  readonly #checkTime: () => void

  constructor(surface: Surface, checkTime: () => void) {
    this.#surface = surface
    this.#checkTime = checkTime
  }

  /** Whether two shapes have a position in common. */
  intersect(a: Shape, b: Shape): boolean {
    return (
      verticesOf(a).some((position) => this.#touches(b, position)) ||
      verticesOf(b).some((position) => this.#touches(a, position)) ||
      edgesOfShape(a).some((edge) => edgesOfShape(b).some((other) => this.#cross(edge, other)))
    )
  }

  /** Whether all of a shape lies in another. A single position on the border of a polygon does not. */
  isWithin(a: Shape, b: Shape): boolean {
    return (
      a.positions.every((position) => this.#holds(b, position)) &&
      a.lines.every((line) => this.#coversPath(b, line)) &&
      a.polygons.every((polygon) => b.polygons.some((other) => this.#coversPolygon(other, polygon)))
    )
  }

  /** The least distance between two shapes: 0 where they meet. */
  distance(a: Shape, b: Shape): number {
    if (this.intersect(a, b)) return 0
    return Math.min(this.#leastDistance(verticesOf(a), b), this.#leastDistance(verticesOf(b), a))
  }

  /** The area of all polygons, their holes left out. */
  area({ polygons }: Shape): number {
    return polygons.reduce((sum, [outer = [], ...holes]) => {
      const gaps = holes.reduce((total, hole) => total + this.#smallerArea(hole), 0)
      return sum + this.#surface.area(outer) - gaps
    }, 0)
  }

  /** A hole is the smaller side of its ring, whichever way it turns. */
  #smallerArea(ring: readonly Position[]): number {
    return this.#surface.area(this.#surface.turn(ring) < 0 ? ring.toReversed() : ring)
  }

  #cross(edge: Edge, other: Edge): boolean {
    this.#checkTime()
    return this.#surface.cross(edge, other)
  }

  #touches(shape: Shape, position: Position): boolean {
    return (
      shape.positions.some((other) => isSame(other, position)) ||
      shape.lines.some((line) => this.#isOn(line, position)) ||
      shape.polygons.some((polygon) => this.#placeIn(polygon, position) !== 'outside')
    )
  }

  #holds(shape: Shape, position: Position): boolean {
    return (
      shape.positions.some((other) => isSame(other, position)) ||
      shape.lines.some((line) => this.#isOn(line, position)) ||
      shape.polygons.some((polygon) => this.#placeIn(polygon, position) === 'inside')
    )
  }

  #coversPath(shape: Shape, path: readonly Position[]): boolean {
    const stops = this.#stops(path)
    return (
      shape.lines.some((line) => stops.every((stop) => this.#isOn(line, stop))) ||
      shape.polygons.some((polygon) => this.#coversRing(polygon, path))
    )
  }

  #coversPolygon(polygon: Position[][], [outer = [], ...holes]: Position[][]): boolean {
    if (!this.#coversRing(polygon, outer)) return false
    const [, ...gaps] = polygon
    // A hole of the covering polygon may lie in a hole of the covered one alone.
    return gaps.every((gap) =>
      gap.every((position) => this.#placeIn([outer, ...holes], position) !== 'inside'),
    )
  }

  #coversRing(polygon: Position[][], path: readonly Position[]): boolean {
    const edges = polygon.flatMap(edgesOf)
    return (
      this.#stops(path).every((stop) => this.#placeIn(polygon, stop) !== 'outside') &&
      edgesOf(path).every((edge) => !edges.some((other) => this.#cross(edge, other)))
    )
  }

  /** The ends and the middles of edges: an edge whose ends touch a border may yet run outside. */
  #stops(path: readonly Position[]): Position[] {
    return [...path, ...edgesOf(path).map((edge) => this.#surface.midpoint(edge))]
  }

  #isOn(path: readonly Position[], position: Position): boolean {
    return edgesOf(path).some((edge) => {
      this.#checkTime()
      return isOnEdge(this.#surface, position, edge)
    })
  }

  #placeIn(polygon: readonly Position[][], position: Position): Place {
    if (polygon.some((ring) => this.#isOn(ring, position))) return 'edge'
    const [outer = [], ...holes] = polygon
    const isInverse = this.#surface.hasInverse && this.#surface.turn(outer) < 0
    const isInside = this.#turnsAround(outer, position) !== isInverse
    return isInside && !holes.some((hole) => this.#turnsAround(hole, position)) ? 'inside' : 'outside'
  }

  /** Whether a position lies on the smaller side of a ring: seen from there, the ring goes once around. */
  #turnsAround(ring: readonly Position[], position: Position): boolean {
    const turn = edgesOf(ring).reduce((sum, [a, b]) => {
      this.#checkTime()
      return sum + this.#surface.angle(position, a, b)
    }, 0)
    // From the far side of the earth a ring goes the other way around.
    return turn * this.#surface.turn(ring) > Math.PI
  }

  #leastDistance(positions: readonly Position[], shape: Shape): number {
    const edges = [...edgesOfShape(shape), ...shape.positions.map((position): Edge => [position, position])]
    let nearest: { position: Position; edge: Edge; bound: number } | undefined
    this.#forEachPair(positions, edges, (position, edge, bound) => {
      if (!nearest || bound < nearest.bound) nearest = { position, edge, bound }
    })
    // The true distance of the pair that seems nearest leaves few others to be measured.
    let least = nearest ? this.#surface.distanceToEdge(nearest.position, nearest.edge) : Infinity
    this.#forEachPair(positions, edges, (position, edge, bound) => {
      if (bound < least) least = Math.min(least, this.#surface.distanceToEdge(position, edge))
    })
    return least
  }

  #forEachPair(
    positions: readonly Position[],
    edges: readonly Edge[],
    visit: (position: Position, edge: Edge, bound: number) => void,
  ): void {
    for (const position of positions)
      for (const edge of edges) {
        this.#checkTime()
        visit(position, edge, this.#surface.leastToEdge(position, edge))
      }
  }
}

function verticesOf({ positions, lines, polygons }: Shape): Position[] {
  return [...positions, ...lines.flat(), ...polygons.flat(2)]
}

function edgesOfShape({ lines, polygons }: Shape): Edge[] {
  return [...lines, ...polygons.flat()].flatMap(edgesOf)
}
