/** One entry per query name, whatever its case; the last spelling stays. Repeated ones keep all values, joined, or the last. */
export function joinQuery(
  query: Iterable<readonly [name: string, value: string]>,
  keep: 'all' | 'last',
): Iterable<[string, string]> {
  const joined = new Map<string, [string, string]>()
  for (const [name, value] of query) {
    const before = keep === 'all' ? joined.get(name.toLowerCase()) : undefined
    joined.set(name.toLowerCase(), [name, before ? `${before[1]},${value}` : value])
  }
  // No name for the real host.
  joined.delete('__proto__')
  return joined.values()
}
