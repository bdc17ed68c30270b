// How much the first ranks stand out from those behind them, as in every client that merges.
const rankConstant = 60

/** The scores of one component, one for each row; undefined where a row has none. */
export interface RankedScores {
  scores: readonly (number | undefined)[]
  isHighestFirst: boolean
  weight: number
}

/**
 * The order of rows by several scores: each row counts by its rank in each (reciprocal rank fusion), equal scores by the
 * same rank, and a row without a score by the rank behind all others.
 *
 * @returns the indexes of the rows, the best first; equal ones in the order in which they came
 */
export function fuseRanks(components: readonly RankedScores[]): number[] {
  const [first] = components
  const totals = (first?.scores ?? []).map(() => 0)
  for (const component of components) {
    const ranks = ranksOf(component)
    for (const [row, rank] of ranks.entries())
      totals[row] = (totals[row] ?? 0) + component.weight / (rankConstant + rank)
  }
  return [...totals.keys()].toSorted((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0))
}

function ranksOf({ scores, isHighestFirst }: RankedScores): number[] {
  const distinct = [...new Set(scores)].toSorted((a, b) => {
    // `toSorted` puts undefined last by itself.
    const difference = (a ?? 0) - (b ?? 0)
    return isHighestFirst ? -difference : difference
  })
  const rankByScore = new Map(distinct.map((score, index) => [score, index + 1]))
  return scores.map((score) => rankByScore.get(score) ?? distinct.length)
}
