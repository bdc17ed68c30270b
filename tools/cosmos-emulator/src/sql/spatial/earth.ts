import geographicLib from 'geographiclib-geodesic'

import { isSame } from './surface.ts'
import type { Edge, Position, Surface } from './surface.ts'

type Vector = readonly [number, number, number]

const ellipsoid = geographicLib.Geodesic.WGS84
const radiansPerDegree = Math.PI / 180
// In shares of an edge.
const steps = [1e-2, 1e-3, 1e-4, 1e-5]
// A little less than the least radius of curvature of the ellipsoid, in metres.
const smallestRadius = 6_335_000
// How far, in metres, an edge one radian long may lie from the great circle of its ends; it grows with the square.
const largestBulge = 64_000
// Some micrometres on the ground.
const slightAngle = 1e-12

/** The earth: distances and areas on the ellipsoid of WGS84, in metres; sides and angles as on a sphere. */
export const earth: Surface = {
  angle: (from, a, b) => {
    const origin = toVector(from)
    const [p, q] = [direction(origin, toVector(a)), direction(origin, toVector(b))]
    return Math.atan2(dot(origin, cross(p, q)), dot(p, q))
  },
  cross: (edge, other) => {
    const [a, b] = [toVector(edge[0]), toVector(edge[1])]
    const [c, d] = [toVector(other[0]), toVector(other[1])]
    const [first, second] = [cross(a, b), cross(c, d)]
    const meeting = cross(first, second)
    // The sines of the ways from the ends of both edges to where their great circles meet.
    const ways = [
      dot(cross(first, a), meeting) / (norm(first) * norm(meeting)),
      dot(cross(b, first), meeting) / (norm(first) * norm(meeting)),
      dot(cross(second, c), meeting) / (norm(second) * norm(meeting)),
      dot(cross(d, second), meeting) / (norm(second) * norm(meeting)),
    ]
    // They meet at two opposite places; one of them must lie within both edges.
    return ways.every((way) => way > slightAngle) || ways.every((way) => way < -slightAngle)
  },
  midpoint: ([a, b]) => toPosition(plus(toVector(a), toVector(b))),
  distance,
  distanceToEdge,
  leastToEdge: (from, edge) => {
    const [a, b] = [toVector(edge[0]), toVector(edge[1])]
    const onSphere = angleToEdge(toVector(from), a, b) * smallestRadius
    return Math.max(0, onSphere - largestBulge * angleBetween(a, b) ** 2)
  },
  area: (ring) => polygonOf(ring).Compute(false, false).area ?? 0,
  turn: (ring) => {
    const known = turns.get(ring)
    if (known) return known
    const turn = (polygonOf(ring).Compute(false, true).area ?? 0) < 0 ? -1 : 1
    turns.set(ring, turn)
    return turn
  },
  hasInverse: true,
}

const turns = new WeakMap<readonly Position[], 1 | -1>()

function distance(a: Position, b: Position): number {
  return ellipsoid.Inverse(a[1], a[0], b[1], b[0]).s12 ?? 0
}

/** Begins where the nearest position lies on a sphere, and goes to the bottom of the valley of distances by parabolas. */
function distanceToEdge(from: Position, [a, b]: Edge): number {
  if (isSame(a, b)) return distance(from, a)
  const line = ellipsoid.InverseLine(a[1], a[0], b[1], b[0])
  const length = distance(a, b)
  const distanceAt = (share: number): number => {
    const { lat2 = 0, lon2 = 0 } = line.Position(share * length)
    return distance(from, [lon2, lat2])
  }
  let share = nearestShare(toVector(from), toVector(a), toVector(b))
  const least = Math.min(distance(from, a), distance(from, b), distanceAt(share))
  for (const step of steps) {
    const [before, here, after] = [distanceAt(share - step), distanceAt(share), distanceAt(share + step)]
    const bend = before - 2 * here + after
    if (bend > 0) share = withinEdge(share + (step * (before - after)) / (2 * bend))
  }
  return Math.min(least, distanceAt(share))
}

/** How far along an edge, from 0 to 1, its nearest position lies on a sphere. */
function nearestShare(from: Vector, a: Vector, b: Vector): number {
  const normal = cross(a, b)
  const foot = direction(normal, from, dot(normal, normal))
  const along = Math.atan2(dot(normal, cross(a, foot)), norm(normal) * dot(a, foot))
  const whole = Math.atan2(norm(normal), dot(a, b))
  return whole === 0 ? 0 : withinEdge(along / whole)
}

function angleToEdge(from: Vector, a: Vector, b: Vector): number {
  const share = nearestShare(from, a, b)
  const [toA, toB] = [angleBetween(from, a), angleBetween(from, b)]
  if (share <= 0 || share >= 1) return Math.min(toA, toB)
  const normal = cross(a, b)
  return Math.min(toA, toB, Math.asin(Math.min(1, Math.abs(dot(from, normal)) / norm(normal))))
}

function angleBetween(a: Vector, b: Vector): number {
  return Math.atan2(norm(cross(a, b)), dot(a, b))
}

function withinEdge(share: number): number {
  return Math.min(1, Math.max(0, share))
}

function polygonOf(ring: readonly Position[]): ReturnType<typeof ellipsoid.Polygon> {
  const polygon = ellipsoid.Polygon(false)
  for (const [longitude, latitude] of ring.slice(0, -1)) polygon.AddPoint(latitude, longitude)
  return polygon
}

function toVector([longitude, latitude]: Position): Vector {
  const [across, up] = [longitude * radiansPerDegree, latitude * radiansPerDegree]
  return [Math.cos(up) * Math.cos(across), Math.cos(up) * Math.sin(across), Math.sin(up)]
}

function toPosition([x, y, z]: Vector): Position {
  return [Math.atan2(y, x) / radiansPerDegree, Math.atan2(z, Math.hypot(x, y)) / radiansPerDegree]
}

/** The part of a vector that is at right angles to another, whose squared length is given. */
function direction(from: Vector, to: Vector, squared = 1): Vector {
  const share = dot(from, to) / squared
  return [to[0] - share * from[0], to[1] - share * from[1], to[2] - share * from[2]]
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

function norm(vector: Vector): number {
  return Math.hypot(...vector)
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

function plus(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
