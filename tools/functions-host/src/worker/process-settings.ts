/**
 * Puts settings into the environment of this process. Answers how to take them back: what has been changed since stays.
 */
export function putIntoProcess(settings: Readonly<Record<string, string | undefined>>): () => void {
  const changed = Object.entries(settings).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && process.env[entry[0]] !== entry[1],
  )
  const before = changed.map(([name]) => [name, process.env[name]] as const)
  for (const [name, value] of changed) process.env[name] = value
  return () => {
    for (const [index, [name, value]] of before.entries()) {
      if (process.env[name] !== changed[index]?.[1]) continue
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
