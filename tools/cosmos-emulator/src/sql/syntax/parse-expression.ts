import type { BinaryOperator, Expression, Query, SubqueryForm } from './ast.ts'
import { isReserved } from './token-reader.ts'
import type { TokenReader } from './token-reader.ts'

/** Reads a subquery: handed in, so that queries and expressions can hold each other. */
export type ReadQuery = (reader: TokenReader) => Query

// The higher, the tighter, as in the grammar that the service's clients publish: the order of C, and '||' below OR.
// Comparison words (IN, BETWEEN, LIKE) bind as '=' does.
const comparison = 7
const tightness: Record<string, number> = {
  '||': 1,
  OR: 2,
  AND: 3,
  '|': 4,
  '^': 5,
  '&': 6,
  '=': comparison,
  '!=': comparison,
  '<': 8,
  '<=': 8,
  '>': 8,
  '>=': 8,
  '<<': 9,
  '>>': 9,
  '>>>': 9,
  '+': 10,
  '-': 10,
  '*': 11,
  '/': 11,
  '%': 11,
}

/** Words that make a value of a subquery: `EXISTS(SELECT ...)`. Where no SELECT follows, ALL, FIRST and LAST are plain names. */
const subqueryForms: Record<string, SubqueryForm> = {
  EXISTS: 'exists',
  ARRAY: 'array',
  ALL: 'all',
  FIRST: 'first',
  LAST: 'last',
}

/** Reads an expression. @throws ServiceError 400 */
export function parseExpression(reader: TokenReader, readQuery: ReadQuery): Expression {
  return reader.nested(() => {
    const start = reader.peek().start
    const test = parseBinary(reader, readQuery, 1)
    if (reader.acceptSymbol('??')) {
      const right = parseExpression(reader, readQuery)
      return { kind: 'binary', operator: '??', left: test, right, start, end: reader.lastEnd() }
    }
    if (!reader.acceptSymbol('?')) return test
    const whenTrue = parseExpression(reader, readQuery)
    reader.expectSymbol(':')
    const otherwise = parseExpression(reader, readQuery)
    return { kind: 'conditional', test, whenTrue, otherwise, start, end: reader.lastEnd() }
  })
}

function parseBinary(reader: TokenReader, readQuery: ReadQuery, loosest: number): Expression {
  let left = parseUnary(reader, readQuery)
  for (;;) {
    const special = comparison >= loosest ? parseComparisonWord(reader, readQuery, left) : undefined
    if (special) {
      left = special
      continue
    }
    const token = reader.peek()
    const operator = token.kind === 'name' ? token.text.toUpperCase() : token.text
    const strength = token.kind === 'name' || token.kind === 'symbol' ? tightness[operator] : undefined
    if (strength === undefined || strength < loosest) return left
    reader.next()
    const right = reader.nested(() => parseBinary(reader, readQuery, strength + 1))
    left = {
      kind: 'binary',
      operator: operator as BinaryOperator,
      left,
      right,
      start: left.start,
      end: right.end,
    }
  }
}

function parseComparisonWord(
  reader: TokenReader,
  readQuery: ReadQuery,
  operand: Expression,
): Expression | undefined {
  const isNegated = reader.isWord('NOT') && ['IN', 'BETWEEN', 'LIKE'].some((word) => reader.isWord(word, 1))
  if (isNegated) reader.next()
  const operandOf = (): Expression => reader.nested(() => parseBinary(reader, readQuery, comparison + 1))
  const { start } = operand
  if (reader.acceptWord('BETWEEN')) {
    const low = operandOf()
    reader.expectWord('AND')
    const high = operandOf()
    return { kind: 'between', operand, low, high, isNegated, start, end: high.end }
  }
  if (reader.acceptWord('LIKE')) {
    const pattern = operandOf()
    const escape = reader.acceptWord('ESCAPE') ? operandOf() : undefined
    return { kind: 'like', operand, pattern, escape, isNegated, start, end: reader.lastEnd() }
  }
  if (!reader.acceptWord('IN')) return undefined
  reader.expectSymbol('(')
  const list = parseList(reader, readQuery, ')')
  if (list.length === 0) reader.fail()
  return { kind: 'in', operand, list, isNegated, start, end: reader.lastEnd() }
}

function parseUnary(reader: TokenReader, readQuery: ReadQuery): Expression {
  const { start, text } = reader.peek()
  const isNot = reader.isWord('NOT')
  const isSign = ['-', '+', '~'].some((symbol) => reader.isSymbol(symbol))
  if (!isNot && !isSign) return parsePostfix(reader, readQuery)
  reader.next()
  const operand = reader.nested(() => parseUnary(reader, readQuery))
  const operator = isNot ? 'NOT' : (text as '-' | '+' | '~')
  return { kind: 'unary', operator, operand, start, end: operand.end }
}

function parsePostfix(reader: TokenReader, readQuery: ReadQuery): Expression {
  let object = parsePrimary(reader, readQuery)
  for (;;) {
    if (reader.acceptSymbol('.')) {
      const name = reader.expectName()
      const key: Expression = { kind: 'literal', value: name.text, start: name.start, end: name.end }
      object = { kind: 'member', object, key, start: object.start, end: name.end }
    } else if (reader.acceptSymbol('[')) {
      const key = parseExpression(reader, readQuery)
      reader.expectSymbol(']')
      object = { kind: 'member', object, key, start: object.start, end: reader.lastEnd() }
    } else return object
  }
}

function parsePrimary(reader: TokenReader, readQuery: ReadQuery): Expression {
  const token = reader.peek()
  const { start, end } = token
  switch (token.kind) {
    case 'number':
      reader.next()
      return { kind: 'literal', value: Number(token.text), start, end }
    case 'string':
      reader.next()
      return { kind: 'literal', value: token.text, start, end }
    case 'parameter':
      reader.next()
      return { kind: 'parameter', name: token.text, start, end }
    case 'name':
      return parseWord(reader, readQuery)
    case 'symbol':
      return parseBracketed(reader, readQuery)
    case 'end':
      return reader.fail()
  }
}

function parseWord(reader: TokenReader, readQuery: ReadQuery): Expression {
  const token = reader.next()
  const { start, end } = token
  const word = token.text.toUpperCase()
  const literals: Record<string, unknown> = { TRUE: true, FALSE: false, NULL: null, UNDEFINED: undefined }
  if (Object.hasOwn(literals, word)) return { kind: 'literal', value: literals[word], start, end }
  const form = Object.hasOwn(subqueryForms, word) ? subqueryForms[word] : undefined
  if (form !== undefined && reader.isSymbol('(') && reader.isWord('SELECT', 1)) {
    reader.next()
    const query = readQuery(reader)
    reader.expectSymbol(')')
    return { kind: 'subquery', form, query, start, end: reader.lastEnd() }
  }
  if (word === 'UDF') {
    reader.expectSymbol('.')
    return parseCall(reader, readQuery, { name: reader.expectName().text, isUserDefined: true, start })
  }
  if (isReserved(token.text)) reader.fail(token)
  if (reader.isSymbol('('))
    return parseCall(reader, readQuery, { name: token.text, isUserDefined: false, start })
  return { kind: 'name', name: token.text, start, end }
}

function parseCall(
  reader: TokenReader,
  readQuery: ReadQuery,
  { name, isUserDefined, start }: { name: string; isUserDefined: boolean; start: number },
): Expression {
  reader.expectSymbol('(')
  const args = parseList(reader, readQuery, ')')
  return { kind: 'call', name, args, isUserDefined, start, end: reader.lastEnd() }
}

function parseBracketed(reader: TokenReader, readQuery: ReadQuery): Expression {
  const { start } = reader.peek()
  if (reader.acceptSymbol('(')) {
    if (reader.isWord('SELECT')) {
      const query = readQuery(reader)
      reader.expectSymbol(')')
      return { kind: 'subquery', form: 'scalar', query, start, end: reader.lastEnd() }
    }
    const inner = parseExpression(reader, readQuery)
    reader.expectSymbol(')')
    return inner
  }
  if (reader.acceptSymbol('['))
    return { kind: 'array', items: parseList(reader, readQuery, ']'), start, end: reader.lastEnd() }
  if (reader.acceptSymbol('{')) {
    const properties: { key: string; value: Expression }[] = []
    while (!reader.acceptSymbol('}')) {
      if (properties.length > 0) reader.expectSymbol(',')
      const key = reader.peek()
      if (key.kind !== 'string' && key.kind !== 'name') reader.fail()
      reader.next()
      reader.expectSymbol(':')
      properties.push({ key: key.text, value: parseExpression(reader, readQuery) })
    }
    return { kind: 'object', properties, start, end: reader.lastEnd() }
  }
  return reader.fail()
}

function parseList(reader: TokenReader, readQuery: ReadQuery, close: string): Expression[] {
  const list: Expression[] = []
  while (!reader.acceptSymbol(close)) {
    if (list.length > 0) reader.expectSymbol(',')
    list.push(parseExpression(reader, readQuery))
  }
  return list
}
