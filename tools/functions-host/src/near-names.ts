/** How many names are offered. */
const mostNames = 3

/** The names that somebody who wrote this one may have meant, the nearest first; all of a few when none is near. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase()
  const near = known
    .map((other) => ({ other, distance: editDistance(wanted, other.toLowerCase()) }))
    .filter(
      ({ other, distance }) =>
        distance <= Math.max(2, wanted.length / 3) || other.toLowerCase().includes(wanted),
    )
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ other }) => other)
  return near.length > 0 || known.length > mostNames ? near.slice(0, mostNames) : known
}

/** The least number of letters to put in, take out or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let before = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of from.split('').entries()) {
    const current = [row + 1]
    for (let column = 0; column < to.length; column++) {
      const replaced = (before[column] ?? 0) + (to[column] === letter ? 0 : 1)
      current.push(Math.min(replaced, (before[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    before = current
  }
  return before[to.length] ?? 0
}
