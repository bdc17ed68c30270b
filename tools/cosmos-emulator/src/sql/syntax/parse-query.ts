import type { Expression, FromSource, Query } from './ast.ts'
import { parseExpression } from './parse-expression.ts'
import { sqlError } from './sql-error.ts'
import { TokenReader, isReserved } from './token-reader.ts'

const longestText = 512 * 1024
// What is made of a query calls itself once or twice for each level.
const deepestTree = 2500

/** Parses the text of a query. @throws ServiceError 400 */
export function parseQuery(text: string): Query {
  if (text.length > longestText) throw sqlError('SC3001', 'The SQL query text exceeded the maximum limit.')
  const reader = new TokenReader(text)
  const query = readQuery(reader)
  if (reader.peek().kind !== 'end') reader.fail()
  if (depthOf(query) > deepestTree) throw sqlError('SC3020', 'The query is nested too deeply.', query)
  return query
}

/** How deep a tree is. A chain such as `a + b + c` is as deep as it is long; it is walked here without recursion. */
function depthOf(query: Query): number {
  let deepest = 0
  const waiting: { node: unknown; depth: number }[] = [{ node: query, depth: 0 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next
    if (typeof node !== 'object' || node === null) continue
    const inner = 'kind' in node ? depth + 1 : depth
    deepest = Math.max(deepest, inner)
    for (const child of Object.values(node)) waiting.push({ node: child, depth: inner })
  }
  return deepest
}

function readQuery(reader: TokenReader): Query {
  return reader.nested(() => {
    const { start } = reader.peek()
    reader.expectWord('SELECT')
    const isDistinct = reader.acceptWord('DISTINCT')
    const top = reader.acceptWord('TOP') ? readCount(reader) : undefined
    const select = readSelect(reader)
    const from = reader.acceptWord('FROM') ? readFrom(reader) : []
    const where = reader.acceptWord('WHERE') ? expression(reader) : undefined
    const groupBy = readKeys(reader, 'GROUP', () => expression(reader))
    const isRanked = reader.isWord('ORDER') && reader.isWord('RANK', 2) && reader.peek(3).kind === 'name'
    const orderBy = isRanked ? [readRank(reader)] : readKeys(reader, 'ORDER', () => readOrderKey(reader))
    const offset = reader.acceptWord('OFFSET') ? readCount(reader) : undefined
    if (offset) reader.expectWord('LIMIT')
    const limit = offset ? readCount(reader) : undefined
    return {
      kind: 'query',
      isDistinct,
      top,
      select,
      from,
      where,
      groupBy,
      orderBy,
      isRanked,
      offset,
      limit,
      start,
      end: reader.lastEnd(),
    }
  })
}

function expression(reader: TokenReader): Expression {
  return parseExpression(reader, readQuery)
}

function readCount(reader: TokenReader): Expression {
  const token = reader.peek()
  const { start, end } = token
  if (token.kind !== 'parameter' && token.kind !== 'number') reader.fail()
  reader.next()
  if (token.kind === 'parameter') return { kind: 'parameter', name: token.text, start, end }
  return { kind: 'literal', value: Number(token.text), start, end }
}

function readSelect(reader: TokenReader): Query['select'] {
  if (reader.acceptSymbol('*')) return { kind: 'star' }
  if (reader.acceptWord('VALUE')) return { kind: 'value', value: expression(reader) }
  const items: { value: Expression; name: string; isNamed: boolean }[] = []
  let unnamed = 0
  do {
    const value = expression(reader)
    let name = readAlias(reader)
    const isNamed = name !== undefined
    name ??= ownName(value)
    if (name === undefined) name = `$${(unnamed += 1)}`
    if (items.some((item) => item.name === name))
      throw sqlError('SC2017', `The SELECT list has more than one property named '${name}'.`, value)
    items.push({ value, name, isNamed })
  } while (reader.acceptSymbol(','))
  return { kind: 'list', items }
}

function readAlias(reader: TokenReader): string | undefined {
  if (reader.acceptWord('AS')) {
    const token = reader.peek()
    if (token.kind === 'string') return reader.next().text
    return reader.expectName().text
  }
  const token = reader.peek()
  const isBare = token.kind === 'name' && !isReserved(token.text) && !isClauseWord(token.text)
  return isBare ? reader.next().text : undefined
}

function isClauseWord(word: string): boolean {
  return ['OFFSET', 'LIMIT'].includes(word.toUpperCase())
}

function ownName(value: Expression): string | undefined {
  if (value.kind === 'name') return value.name
  if (value.kind === 'member' && value.key.kind === 'literal' && typeof value.key.value === 'string')
    return value.key.value
  return undefined
}

function readFrom(reader: TokenReader): FromSource[] {
  const sources = [readSource(reader)]
  while (reader.acceptWord('JOIN')) sources.push(readSource(reader))
  return sources
}

function readSource(reader: TokenReader): FromSource {
  const { start } = reader.peek()
  if (reader.peek().kind === 'name' && reader.isWord('IN', 1)) {
    const alias = reader.expectName().text
    reader.next()
    return { alias, isIterated: true, source: readSourceValue(reader), start, end: reader.lastEnd() }
  }
  const source = readSourceValue(reader)
  // A subquery without an alias cannot be named; no name of a query holds a space.
  const alias = readAlias(reader) ?? (source.kind === 'query' ? `unnamed ${start}` : lastName(source))
  return { alias, isIterated: false, source, start, end: reader.lastEnd() }
}

/** A source is a path such as `c.a[0]["b"]`, or a subquery. */
function readSourceValue(reader: TokenReader): Expression | Query {
  if (reader.acceptSymbol('(')) {
    const query = readQuery(reader)
    reader.expectSymbol(')')
    return query
  }
  const first = reader.expectName()
  let source: Expression = { kind: 'name', name: first.text, start: first.start, end: first.end }
  for (;;) {
    const isIndexed = reader.acceptSymbol('[')
    if (!isIndexed && !reader.acceptSymbol('.')) return source
    const key = isIndexed ? readIndex(reader) : propertyName(reader)
    if (isIndexed) reader.expectSymbol(']')
    source = { kind: 'member', object: source, key, start: source.start, end: reader.lastEnd() }
  }
}

function propertyName(reader: TokenReader): Expression {
  const { text, start, end } = reader.expectName()
  return { kind: 'literal', value: text, start, end }
}

function readIndex(reader: TokenReader): Expression {
  const token = reader.peek()
  if (token.kind !== 'string' && token.kind !== 'number') reader.fail()
  const { text, start, end } = reader.next()
  return { kind: 'literal', value: token.kind === 'number' ? Number(text) : text, start, end }
}

/** The name by which a path is known where it has no alias: its last property. */
function lastName(path: Expression): string {
  let node = path
  while (node.kind === 'member' && !(node.key.kind === 'literal' && typeof node.key.value === 'string'))
    node = node.object
  return ownName(node) ?? 'root'
}

function readKeys<T>(reader: TokenReader, word: string, read: () => T): T[] {
  if (!reader.acceptWord(word)) return []
  reader.expectWord('BY')
  const keys = [read()]
  while (reader.acceptSymbol(',')) keys.push(read())
  return keys
}

function readOrderKey(reader: TokenReader): { value: Expression; isDescending: boolean } {
  const value = expression(reader)
  const isDescending = reader.acceptWord('DESC')
  if (!isDescending) reader.acceptWord('ASC')
  return { value, isDescending }
}

/** `ORDER BY RANK FullTextScore(...)`: the best first, unless it says ASC. */
function readRank(reader: TokenReader): { value: Expression; isDescending: boolean } {
  for (const word of ['ORDER', 'BY', 'RANK']) reader.expectWord(word)
  const value = expression(reader)
  if (value.kind !== 'call') throw sqlError('SC1001', 'Syntax error, RANK needs a scoring function.', value)
  const isAscending = reader.acceptWord('ASC')
  if (!isAscending) reader.acceptWord('DESC')
  return { value, isDescending: !isAscending }
}
