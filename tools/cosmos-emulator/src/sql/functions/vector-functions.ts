import { distanceFunctionOf, vectorDistance } from '../compile/vector-distance.ts'
import type { BuiltIns } from './built-in.ts'

/** Functions of vectors. The third argument asks for a search without an index: here every search is one. */
export const vectorFunctions: BuiltIns = {
  VECTORDISTANCE: {
    fewest: 2,
    most: 4,
    compile: ([first, second], context, call) => {
      const name = distanceFunctionOf(call, context)
      return (row) => vectorDistance(name, first?.(row), second?.(row))
    },
  },
}
