type Element = { kind: 'run' } | { kind: 'one'; matches: (character: string) => boolean }

/** Whether a text matches a LIKE pattern: `%` any run, `_` any character, `[a-c]` and `[^a]` sets. */
export function isLike(text: string, pattern: string, escape: string | undefined): boolean {
  const elements = parsePattern(pattern, escape)
  const characters = Array.from(text)
  let at = 0
  let element = 0
  let runAt = -1
  let runEnd = 0
  while (at < characters.length) {
    const current = elements[element]
    if (current?.kind === 'one' && current.matches(characters[at] ?? '')) {
      at += 1
      element += 1
    } else if (current?.kind === 'run') {
      runAt = element
      runEnd = at
      element += 1
    } else if (runAt >= 0) {
      // The last run takes one character more; earlier runs never need to be tried again.
      runEnd += 1
      at = runEnd
      element = runAt + 1
    } else return false
  }
  return elements.slice(element).every(({ kind }) => kind === 'run')
}

function parsePattern(pattern: string, escape: string | undefined): Element[] {
  const characters = Array.from(pattern)
  const elements: Element[] = []
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    if (character === escape && at + 1 < characters.length) {
      at += 1
      elements.push(literal(characters[at] ?? ''))
    } else if (character === '%') elements.push({ kind: 'run' })
    else if (character === '_') elements.push({ kind: 'one', matches: () => true })
    else if (character === '[' && characters.indexOf(']', at + 1) > at + 1) {
      const end = characters.indexOf(']', at + 1)
      elements.push(characterSet(characters.slice(at + 1, end)))
      at = end
    } else elements.push(literal(character))
  }
  return elements
}

function literal(character: string): Element {
  return { kind: 'one', matches: (candidate) => candidate === character }
}

function characterSet(content: string[]): Element {
  const isNegated = content[0] === '^' && content.length > 1
  const members = isNegated ? content.slice(1) : content
  const ranges: [string, string][] = []
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at] ?? ''
    const isRange = members[at + 1] === '-' && at + 2 < members.length
    ranges.push([from, isRange ? (members[at + 2] ?? from) : from])
    if (isRange) at += 2
  }
  const isMember = (candidate: string): boolean =>
    ranges.some(([from, to]) => candidate >= from && candidate <= to)
  return { kind: 'one', matches: (candidate) => isMember(candidate) !== isNegated }
}
