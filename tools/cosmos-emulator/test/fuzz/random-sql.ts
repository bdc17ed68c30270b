import { findFunction, functionNames } from '../../src/sql/functions/registry.ts'
import { listOf } from '../random.ts'
import type { Random } from '../random.ts'

const names = functionNames() as [string, ...string[]]
const aggregates = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'COUNTIF', 'MAKELIST', 'MAKESET'] as const
const operators = listOf('= != <> < <= > >= + - * / % || ?? | & ^ << >> >>> AND OR and')
const identifiers = listOf('c root t x value n list id _ts __proto__ constructor udf')
const literals = listOf(
  String.raw`0 -1 1.5 1e308 1e400 -1e400 0x1F 7 2 0.5 9007199254740993 99999999999 "a" 'b' "" "\u0041" "\ud800" "%_[" "(a+)+$"` +
    ' null undefined true false @p @p "2020-01-31T10:00:00.0000000Z" [] {} [1,"a",null] {"__proto__":1} "P1Y"',
)
const noise = listOf(
  'SELECT;FROM;WHERE;ORDER BY;GROUP BY;TOP;IN;JOIN;(;);[;];{;};,;.;:;?;";\';\\;\u0000;\ud800;😀;--;/*;*/;@;$;#;\n;`;ß',
  ';',
)
const longestList = 2000

/** A text that may or may not be Cosmos SQL: of the grammar, cut and mended at random, or nothing but noise. */
export function randomSql(random: Random): string {
  const kind = random.below(50)
  if (kind === 0) return extremeSql(random)
  if (kind < 5) return many(random, 40, () => random.pick(noise)).join(random.below(2) === 0 ? '' : ' ')
  const text = query(random, 1 + random.below(4))
  return kind < 35 ? text : mutate(random, text)
}

function query(random: Random, depth: number): string {
  const clauses = [
    'SELECT',
    random.pick(['', 'DISTINCT', `TOP ${rowCount(random)}`, 'VALUE', 'DISTINCT VALUE']),
  ]
  const isValue = clauses.at(-1)?.endsWith('VALUE') === true
  if (!isValue && random.below(3) === 0) clauses.push('*')
  else clauses.push(many(random, isValue ? 1 : 3, () => projection(random, depth, isValue)).join(', '))
  clauses.push('FROM', random.below(8) > 0 ? 'c' : source(random, depth))
  if (random.below(4) === 0) clauses.push('JOIN t IN c.list')
  if (random.below(20) === 0) clauses.push('JOIN', source(random, depth))
  if (random.below(2) === 0) clauses.push('WHERE', expression(random, depth))
  if (random.below(5) === 0) clauses.push('GROUP BY', many(random, 2, () => path(random)).join(', '))
  if (random.below(4) === 0)
    clauses.push(
      'ORDER BY',
      many(random, 2, () => `${path(random)} ${random.pick(['', 'ASC', 'DESC'])}`).join(', '),
    )
  if (random.below(5) === 0) clauses.push('OFFSET', rowCount(random), 'LIMIT', rowCount(random))
  return clauses.join(' ')
}

function rowCount(random: Random): string {
  return random.below(10) === 0 ? random.pick(literals) : String(random.below(20))
}

function projection(random: Random, depth: number, isValue: boolean): string {
  return expression(random, depth) + (isValue ? '' : ` AS a${random.below(1000)}`)
}

function source(random: Random, depth: number): string {
  switch (random.below(5)) {
    case 0:
      return `${random.pick(identifiers)} IN ${path(random)}`
    case 1:
      return depth > 0 ? `(${query(random, depth - 2)}) AS ${random.pick(identifiers)}` : 'c'
    default:
      return random.pick(['c', 'root c', 'c.list', 'root'])
  }
}

function path(random: Random): string {
  return (
    (random.below(30) === 0 ? random.pick(identifiers) : 'c') +
    many(random, 2, () =>
      random.pick(['.n', '.list', '["a b"]', '[0]', '["__proto__"]', '.text', '[1]']),
    ).join('')
  )
}

function expression(random: Random, depth: number): string {
  if (depth <= 0) return random.below(2) === 0 ? path(random) : random.pick(literals)
  const inner = (): string => expression(random, depth - 1)
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      return `(${inner()}) ${random.pick(operators)} (${inner()})`
    case 3:
    case 4:
      return call(random, inner)
    case 5:
      if (random.below(4) > 0) return call(random, inner)
      return `${random.pick(aggregates)}(${inner()})`
    case 6:
      return `(${inner()}) ${random.pick(['IN', 'NOT IN'])} (${many(random, 3, inner).join(', ')})`
    case 7:
      return `(${inner()}) ${random.pick(['BETWEEN', 'NOT BETWEEN'])} (${inner()}) AND (${inner()})`
    case 8:
      return `(${inner()}) LIKE ${random.pick(['"%a_"', '"[a-c]%"', '@p', inner()])}${random.pick(['', '', ' ESCAPE "!"'])}`
    case 9:
      return `${random.pick(['NOT ', '-', '+', '~', ''])}(${inner()})`
    case 10:
      if (random.below(3) > 0) return `EXISTS(SELECT VALUE t FROM t IN c.list WHERE t > ${inner()})`
      return `${random.pick(['EXISTS', 'ARRAY', 'ALL', 'FIRST', 'LAST', ''])}(${query(random, depth - 2)})`
    case 11:
      return `{"a": ${inner()}, b: ${inner()}}`
    case 12:
      return `[${many(random, 3, inner).join(', ')}]`
    default:
      return `(${inner()} ? ${inner()} : ${inner()})`
  }
}

/** A call, mostly with as many arguments as the function takes. */
function call(random: Random, inner: () => string): string {
  const name = random.pick(names)
  const { fewest, most } = findFunction(name, 0)
  const count =
    random.below(20) === 0 ? random.below(5) : fewest + random.below(Math.min(most, 5) - fewest + 1)
  return `${name}(${Array.from({ length: count }, inner).join(', ')})`
}

/** Texts at the edges: very deep, very long, very many. */
function extremeSql(random: Random): string {
  const count = 1 + random.below(longestList)
  const repeated = (text: string): string => text.repeat(count)
  return random.pick([
    () => `SELECT * FROM c WHERE ${repeated('(')}1${repeated(')')}`,
    () => `SELECT VALUE ${repeated('[')}${repeated(']')}`,
    () => `SELECT * FROM c WHERE ${repeated('NOT ')}true`,
    () => `SELECT VALUE ${repeated('-')}1`,
    () => `SELECT * FROM c WHERE c.n IN (${repeated('1, ')}2)`,
    () => `SELECT * FROM c WHERE c.n = 0${repeated(' OR c.n = 1')}`,
    () => `SELECT VALUE c${repeated('.a')} FROM c`,
    () => `SELECT VALUE "${repeated('x')}" FROM c`,
    () => `SELECT ${repeated('c.a, ')} c.b FROM c`,
    () => `SELECT VALUE ${repeated('ABS(')}1${repeated(')')}`,
    () => `SELECT * FROM c ${repeated('JOIN t IN c.list ')}`,
    () => `SELECT VALUE ${repeated('true ? 1 : ')}0`,
    () => `${repeated('SELECT * FROM (')}SELECT 1${repeated(')')}`,
    () => `SELECT VALUE REPLICATE("${repeated('ab')}", ${count * 1000})`,
    () => `SELECT VALUE RegexMatch("${repeated('a')}!", "^(a+)+$")`,
    () => `SELECT * FROM c ORDER BY ${repeated('c.a, ')} c.b`,
  ])()
}

/** Cuts, doubles and puts in at random places. */
function mutate(random: Random, text: string): string {
  let mutated = text
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) {
    const at = random.below(mutated.length + 1)
    const to = Math.min(mutated.length, at + 1 + random.below(8))
    const [before, middle, after] = [mutated.slice(0, at), mutated.slice(at, to), mutated.slice(to)]
    mutated = random.pick([
      () => before + after,
      () => before + middle + middle + after,
      () => `${before} ${random.pick(noise)} ${middle}${after}`,
      () => before + String.fromCharCode(random.below(0x1_00_00)) + middle + after,
    ])()
  }
  return mutated
}

function many<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: 1 + random.below(most) }, make)
}
