import type { CompileContext, Evaluate } from '../compile/scope.ts'
import { earth } from '../spatial/earth.ts'
import { readShape } from '../spatial/geometry.ts'
import type { Reading, ReadingRules, Shape } from '../spatial/geometry.ts'
import { plane } from '../spatial/plane.ts'
import { Relations } from '../spatial/relations.ts'
import type { BuiltIn, BuiltIns } from './built-in.ts'

// Documents and parameters are read many times, and never change: what was read once is kept as long as they are.
const flatReadings = new WeakMap<object, Reading>()
const roundReadings = new WeakMap<object, Reading>()

/** Functions of shapes of GeoJSON. A value that is no valid shape counts as undefined. */
export const spatialFunctions: BuiltIns = {
  ST_DISTANCE: ofShapes(2, (relations, a, b) => relations.distance(a, b)),
  ST_WITHIN: ofShapes(2, (relations, a, b) => relations.isWithin(a, b)),
  ST_INTERSECTS: ofShapes(2, (relations, a, b) => relations.intersect(a, b)),
  ST_AREA: ofShapes(1, (relations, shape) => relations.area(shape)),
  ST_ISVALID: ofReading((reading) => 'shape' in reading),
  ST_ISVALIDDETAILED: ofReading((reading) =>
    'shape' in reading ? { valid: true } : { valid: false, reason: reading.reason },
  ),
}

const emptyShape: Shape = { positions: [], lines: [], polygons: [] }

function ofShapes(
  count: 1 | 2,
  apply: (relations: Relations, first: Shape, second: Shape) => unknown,
): BuiltIn {
  return {
    fewest: count,
    most: count,
    compile: (args, context) => {
      const rules = rulesOf(context)
      const relations = new Relations(rules.surface, rules.checkTime)
      return (row) => {
        const shapes = args.map((arg) => shapeOf(arg(row), rules))
        if (shapes.includes(undefined)) return undefined
        const [first = emptyShape, second = emptyShape] = shapes
        return apply(relations, first, second)
      }
    },
  }
}

function ofReading(apply: (reading: Reading) => unknown): BuiltIn {
  return {
    fewest: 1,
    most: 1,
    compile: ([arg]: Evaluate[], context) => {
      const rules = rulesOf(context)
      return (row) => {
        const value = arg?.(row)
        return value === undefined ? undefined : apply(readOnce(value, rules))
      }
    },
  }
}

function rulesOf({ isFlat = false, checkTime }: CompileContext): ReadingRules {
  return { surface: isFlat ? plane : earth, isFlat, checkTime }
}

function shapeOf(value: unknown, rules: ReadingRules): Shape | undefined {
  const reading = readOnce(value, rules)
  return 'shape' in reading ? reading.shape : undefined
}

function readOnce(value: unknown, rules: ReadingRules): Reading {
  if (typeof value !== 'object' || value === null) return readShape(value, rules)
  const readings = rules.isFlat ? flatReadings : roundReadings
  const known = readings.get(value)
  if (known) return known
  const reading = readShape(value, rules)
  readings.set(value, reading)
  return reading
}
