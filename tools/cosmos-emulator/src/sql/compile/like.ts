interface Element {
  /** The only character that it matches; undefined where there are several. */
  literal?: string
  matches: (character: string) => boolean
}

/** What stands between two `%`: a plain text, or characters and sets one by one. */
type Piece = string | readonly Element[]

const mostKept = 200
const longestKept = 4096
const kept = new Map<string, readonly Piece[]>()

/**
 * Whether a text matches a LIKE pattern: `%` any run, `_` any character, `[a-c]` and `[^a]` sets. `checkTime` is called for each place
 * that is tried.
 */
export function isLike(
  text: string,
  pattern: string,
  { escape, checkTime }: { escape: string | undefined; checkTime: () => void },
): boolean {
  const pieces = piecesOf(pattern, escape)
  const first = pieces[0] ?? ''
  const afterFirst = endOfPiece(text, first, 0)
  if (afterFirst === undefined) return false
  if (pieces.length === 1) return afterFirst === text.length
  let at = afterFirst
  // The first place that fits is the best: what it leaves is longest.
  for (const piece of pieces.slice(1, -1)) {
    const end = findPiece(text, piece, at, checkTime)
    if (end === undefined) return false
    at = end
  }
  const last = pieces.at(-1) ?? ''
  const lastAt = startAtEnd(text, last)
  return lastAt !== undefined && lastAt >= at && endOfPiece(text, last, lastAt) === text.length
}

/** Where a piece that begins at this place ends; undefined where it does not fit. */
function endOfPiece(text: string, piece: Piece, at: number): number | undefined {
  if (typeof piece === 'string') return text.startsWith(piece, at) ? at + piece.length : undefined
  let end = at
  for (const { matches } of piece) {
    if (end >= text.length) return undefined
    const character = characterAt(text, end)
    if (!matches(character)) return undefined
    end += character.length
  }
  return end
}

/** The end of the first place, from here on, where a piece fits. */
function findPiece(text: string, piece: Piece, from: number, checkTime: () => void): number | undefined {
  if (typeof piece === 'string') {
    const found = text.indexOf(piece, from)
    return found < 0 ? undefined : found + piece.length
  }
  for (let at = from; at < text.length; at += characterAt(text, at).length) {
    checkTime()
    const end = endOfPiece(text, piece, at)
    if (end !== undefined) return end
  }
  return undefined
}

/** Where a piece that ends with the text begins; undefined where the text is too short. */
function startAtEnd(text: string, piece: Piece): number | undefined {
  if (typeof piece === 'string') return piece.length <= text.length ? text.length - piece.length : undefined
  let at = text.length
  for (let left = piece.length; left > 0; left -= 1) {
    if (at <= 0) return undefined
    at -= isPair(text, at - 2) ? 2 : 1
  }
  return at
}

function characterAt(text: string, at: number): string {
  return isPair(text, at) ? text.slice(at, at + 2) : text.charAt(at)
}

function isPair(text: string, at: number): boolean {
  return at >= 0 && (text.codePointAt(at) ?? 0) > 0xffff
}

/** The pieces of a pattern, cut once. */
function piecesOf(pattern: string, escape: string | undefined): readonly Piece[] {
  const key = `${escape ?? ''}/${pattern}`
  const known = kept.get(key)
  if (known) return known
  const pieces = cutPattern(pattern, escape)
  if (key.length > longestKept) return pieces
  if (kept.size >= mostKept) kept.clear()
  kept.set(key, pieces)
  return pieces
}

function cutPattern(pattern: string, escape: string | undefined): readonly Piece[] {
  const characters = Array.from(pattern)
  const pieces: Element[][] = [[]]
  const add = (element: Element): unknown => pieces.at(-1)?.push(element)
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? ''
    const end = character === '[' ? characters.indexOf(']', at + 1) : -1
    if (character === escape && at + 1 < characters.length) {
      at += 1
      add(literal(characters[at] ?? ''))
    } else if (character === '%') pieces.push([])
    else if (character === '_') add({ matches: () => true })
    else if (end > at + 1) {
      add(characterSet(characters.slice(at + 1, end)))
      at = end
    } else add(literal(character))
  }
  return pieces.map(toPiece)
}

function toPiece(elements: readonly Element[]): Piece {
  const literals = elements.flatMap(({ literal: text }) => (text === undefined ? [] : [text]))
  return literals.length === elements.length ? literals.join('') : elements
}

function literal(character: string): Element {
  return { literal: character, matches: (candidate) => candidate === character }
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
  return { matches: (candidate) => isMember(candidate) !== isNegated }
}
