import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'

import { queryValues } from '../src/sql/query-values.ts'
import { openContainer } from './open-container.ts'

type Pair = [number, number]

const point = (...coordinates: Pair) => ({ type: 'Point', coordinates })
const line = (...coordinates: Pair[]) => ({ type: 'LineString', coordinates })
const polygon = (...coordinates: Pair[][]) => ({ type: 'Polygon', coordinates })
const box = (west: number, south: number, east: number, north: number): Pair[] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
]

/** The value of an expression over shapes given as the parameters @a and @b. */
function evaluate(expression: string, a?: unknown, b?: unknown): unknown {
  const parameters = [
    { name: '@a', value: a },
    { name: '@b', value: b },
  ]
  return queryValues({ query: `SELECT VALUE ${expression} FROM c`, parameters }, [{}], 0)[0]
}

const distance = (a: unknown, b: unknown): number => Number(evaluate('ST_DISTANCE(@a, @b)', a, b))
const isWithin = (a: unknown, b: unknown): unknown => evaluate('ST_WITHIN(@a, @b)', a, b)
const intersect = (a: unknown, b: unknown): unknown => evaluate('ST_INTERSECTS(@a, @b)', a, b)
const area = (a: unknown): number => Number(evaluate('ST_AREA(@a)', a))

const square = polygon(box(0, 0, 10, 10))
const holed = polygon(box(0, 0, 10, 10), box(4, 4, 6, 6).toReversed())
const pair = { type: 'MultiPolygon', coordinates: [[box(0, 0, 1, 1)], [box(5, 5, 6, 6)]] }
const acrossDateLine = polygon([
  [170, -10],
  [-170, -10],
  [-170, 10],
  [170, 10],
  [170, -10],
])
const aroundPole = polygon([
  [0, 80],
  [90, 80],
  [180, 80],
  [-90, 80],
  [0, 80],
])

describe('a distance', () => {
  it('of two points is the geodesic of WGS84, in metres', () => {
    // The length of a degree of latitude at the equator, and of a quarter of the equator.
    expect(distance(point(0, 0), point(0, 1))).toBeCloseTo(110_574.389, 2)
    expect(distance(point(0, 0), point(90, 0))).toBeCloseTo(10_018_754.171, 2)
    expect(distance(point(179.5, 0), point(-179.5, 0))).toBeCloseTo(111_319.491, 2)
  })

  it('of other shapes is that of their nearest positions, and 0 where they meet', () => {
    expect(distance(point(5, 11), square)).toBeCloseTo(distance(point(5, 11), point(5, 10.037)), -3)
    expect(distance(point(11, 5), line([10, 0], [10, 10]))).toBeCloseTo(110_900, -3)
    expect(distance(line([12, 0], [12, 5]), square)).toBeGreaterThan(220_000)
    expect(distance(point(5, 5), square)).toBe(0)
    expect(distance(point(10, 10), square)).toBe(0)
    expect(distance(point(5, 5), holed)).toBeGreaterThan(100_000)
    expect(distance(square, pair)).toBe(0)
  })
})

const within: [name: string, a: unknown, b: unknown, result: unknown][] = [
  ['a point in a polygon', point(5, 5), square, true],
  ['a point beside it', point(5, 11), square, false],
  ['a point on its border', point(0, 5), square, false],
  ['a point in its hole', point(5, 5), holed, false],
  ['a point in the second polygon of two', point(5.5, 5.5), pair, true],
  ['the same point', point(1, 2), point(1, 2), true],
  ['a point on a line', point(0, 5), line([0, 0], [0, 10]), true],
  ['a line in a polygon', line([1, 1], [9, 9]), square, true],
  ['a line that leaves it', line([1, 1], [11, 9]), square, false],
  ['a line through its hole', line([1, 1], [9, 9]), holed, false],
  ['a polygon in a polygon', polygon(box(1, 1, 2, 2)), square, true],
  ['a polygon around its hole', polygon(box(3, 3, 7, 7)), holed, false],
  ['a polygon around the other', polygon(box(-1, -1, 11, 11)), square, false],
  ['two polygons in one', pair, square, true],
  ['a point across the date line', point(180, 0), acrossDateLine, true],
  ['a point on the far side of the earth', point(0, 0), acrossDateLine, false],
  ['the pole in a ring around it', point(0, 90), aroundPole, true],
  ['the other pole', point(0, -90), aroundPole, false],
  [
    'a point in a clockwise polygon, which is all the rest',
    point(5, 5),
    polygon(box(0, 0, 10, 10).toReversed()),
    false,
  ],
  ['a point outside of a clockwise polygon', point(50, 50), polygon(box(0, 0, 10, 10).toReversed()), true],
]

const meeting: [name: string, a: unknown, b: unknown, result: unknown][] = [
  ['polygons that overlap', square, polygon(box(5, 5, 15, 15)), true],
  ['polygons that touch in a corner', square, polygon(box(10, 10, 20, 20)), true],
  ['polygons apart', square, polygon(box(20, 20, 30, 30)), false],
  ['a polygon in another', square, polygon(box(2, 2, 3, 3)), true],
  ['a polygon in a hole', polygon(box(4.5, 4.5, 5.5, 5.5)), holed, false],
  ['lines that cross', line([0, 0], [10, 10]), line([0, 10], [10, 0]), true],
  ['lines apart', line([0, 0], [10, 0]), line([0, 1], [10, 1]), false],
  ['a line through a polygon', line([-1, 5], [11, 5]), square, true],
  ['a point on a border', point(0, 5), square, true],
  ['lines on opposite sides of the earth', line([-1, 0], [1, 0]), line([180, -1], [180, 1]), false],
]

describe('shapes', () => {
  it.each(within)('within: %s', (_, a, b, result) => {
    expect(isWithin(a, b)).toBe(result)
  })

  it.each(meeting)('meeting, either way around: %s', (_, a, b, result) => {
    expect([intersect(a, b), intersect(b, a)]).toEqual([result, result])
  })

  it('have areas in square metres, holes left out', () => {
    // The documented figure is 735970283.05: another series for the same ellipsoid.
    expect(area(polygon(box(31.8, -5, 32, -4.7)))).toBeCloseTo(735_970_288, -1)
    const earthArea = 510_065_621_724_089
    expect(area(square) + area(polygon(box(0, 0, 10, 10).toReversed()))).toBeCloseTo(earthArea, -3)
    expect(area(holed)).toBeCloseTo(area(square) - area(polygon(box(4, 4, 6, 6))), -2)
    expect(area(pair)).toBeCloseTo(area(polygon(box(0, 0, 1, 1))) + area(polygon(box(5, 5, 6, 6))), -2)
    expect([area(point(1, 1)), area(line([0, 0], [1, 1]))]).toEqual([0, 0])
  })

  it('agree about where boxes lie', () => {
    const corner = fc.integer({ min: -60, max: 60 })
    const side = fc.integer({ min: 1, max: 20 })
    const boxes = fc
      .tuple(corner, corner, side, side)
      .map(([x, y, width, height]): [number, number, number, number] => [x, y, x + width, y + height])
    fc.assert(
      fc.property(boxes, boxes, ([x, y, east, north], [x2, y2, east2, north2]) => {
        const [a, b] = [polygon(box(x, y, east, north)), polygon(box(x2, y2, east2, north2))]
        const doMeet = intersect(a, b)
        expect(intersect(b, a)).toBe(doMeet)
        // Parallels bulge on the earth, meridians do not: boxes apart from west to east never meet.
        if (east < x2 || east2 < x) expect(doMeet).toBe(false)
        if (isWithin(a, b) === true) expect(doMeet).toBe(true)
        expect(distance(a, b) === 0).toBe(doMeet)
      }),
      { numRuns: 25 },
    )
  })

  it.each([
    ['no object', 'Point', /not a GeoJSON object/],
    ['another type', { type: 'Circle', coordinates: [0, 0] }, /Point, LineString, Polygon or MultiPolygon/],
    ['a latitude too high', point(133.7, -184.4), /Latitude values must be between -90 and 90 degrees\./],
    ['a longitude too high', point(200, 0), /Longitude values must be between -180 and 180 degrees\./],
    ['no numbers', { type: 'Point', coordinates: ['1', '2'] }, /two to four numbers/],
    ['a line of one position', line([0, 0]), /at least two/],
    [
      'an open ring',
      polygon(box(0, 0, 1, 1).slice(0, 4)),
      /start and end points of the ring number 1 are not the same/,
    ],
    [
      'a ring too short',
      polygon([
        [0, 0],
        [1, 1],
        [0, 0],
      ]),
      /fewer than four/,
    ],
    [
      'a bow tie',
      polygon([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
      /cross each other/,
    ],
    ['no coordinates', { type: 'Polygon' }, /array that is not empty/],
  ])('that are none say why, and count as undefined: %s', (_, value, reason) => {
    expect(evaluate('ST_ISVALID(@a)', value)).toBe(false)
    expect(evaluate('ST_ISVALIDDETAILED(@a)', value)).toEqual({
      valid: false,
      reason: expect.stringMatching(reason),
    })
    expect(evaluate('IS_DEFINED(ST_DISTANCE(@a, @b))', value, point(0, 0))).toBe(false)
    expect(evaluate('IS_DEFINED(ST_WITHIN(@a, @b))', point(0, 0), value)).toBe(false)
  })

  it('that are valid say so', () => {
    const shapes = [point(0, 0), line([0, 0], [1, 1]), square, holed, pair, acrossDateLine, aroundPole]
    for (const shape of shapes) expect(evaluate('ST_ISVALIDDETAILED(@a)', shape)).toEqual({ valid: true })
    expect(evaluate('IS_DEFINED(ST_ISVALID(c.nothing))')).toBe(false)
  })

  it('lie on a plane in a container of the type Geometry, and take any coordinates there', async () => {
    await using opened = await openContainer({
      geospatialConfig: { type: 'Geometry' },
    } as never)
    const { container } = opened
    const places: [id: string, x: number, y: number][] = [
      ['near', 3, 4],
      ['far', 3000, 4000],
    ]
    for (const [id, x, y] of places) await container.items.create({ id, tenantId: 't', place: point(x, y) })
    const run = async (query: string): Promise<unknown> =>
      (await container.items.query(query).fetchAll()).resources

    expect(
      await run('SELECT VALUE ST_DISTANCE(c.place, {"type": "Point", "coordinates": [0, 0]}) FROM c'),
    ).toEqual([5, 5000])
    const square = JSON.stringify(polygon(box(0, 0, 10, 10).toReversed()))
    expect(await run(`SELECT VALUE c.id FROM c WHERE ST_WITHIN(c.place, ${square})`)).toEqual(['near'])
    expect(await run(`SELECT VALUE ST_AREA(${square}) FROM c`)).toEqual([100, 100])
  })
})
