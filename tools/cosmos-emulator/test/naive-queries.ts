import type { Random } from './random.ts'

/** A document of the random queries. `born` is its place in the order of creation, which is not stored. */
export interface NaiveDocument {
  born: number
  content: Record<string, unknown> & { id: string; tenantId: string }
}

/** A query with what it means: the documents that pass, their order, and which of them are given. */
export interface NaiveQuery {
  text: string
  parameters: { name: string; value: unknown }[]
  tenantId: string | undefined
  passes: (document: NaiveDocument) => boolean
  compare: (a: NaiveDocument, b: NaiveDocument) => number
  hasDefinedOrder: (document: NaiveDocument) => boolean
  skip: number
  take: number
}

type Truth = boolean | undefined
type Test = { text: string; test: (document: Record<string, unknown>) => Truth }

const strings = [
  '',
  'a',
  'ab',
  'abc',
  'a\u0000',
  'a\u0001b',
  'b',
  'é',
  '\ud83d',
  '\ud83d\ude00',
  '\uffee',
  '\ude00x',
  'A%',
  "o'c",
]
const numbers = [
  0,
  -0,
  1,
  -1,
  2.5,
  1e300,
  -1e300,
  5e-324,
  2 ** 53,
  2 ** 53 + 2,
  1.7976931348623157e308,
  0.1,
  0.30000000000000004,
  12_345_678_901_234_567_000,
  -7.25,
]
const others = [undefined, null, true, false, [], [1], [1, 'a'], {}, { k: 1 }, { k: 'é' }]

/** The indexing policy under which these queries run: every ORDER BY that they use is allowed. */
export const naivePolicy = {
  indexingMode: 'consistent' as const,
  automatic: true,
  includedPaths: [{ path: '/*' }, { path: '/x/?' }],
  excludedPaths: [{ path: '/secret/*' }],
  compositeIndexes: [
    [
      { path: '/x', order: 'ascending' as const },
      { path: '/n', order: 'descending' as const },
    ],
    [
      { path: '/flag', order: 'descending' as const },
      { path: '/s', order: 'descending' as const },
      { path: '/n', order: 'ascending' as const },
    ],
  ],
}

const orders: { path: string; isDescending: boolean }[][] = [
  [],
  ...['x', 'n', 's', 'd.e', 'id', 'secret', '_ts'].flatMap((path) => [
    [{ path, isDescending: false }],
    [{ path, isDescending: true }],
  ]),
  [
    { path: 'x', isDescending: false },
    { path: 'n', isDescending: true },
  ],
  [
    { path: 'x', isDescending: true },
    { path: 'n', isDescending: false },
  ],
  [
    { path: 'flag', isDescending: true },
    { path: 's', isDescending: true },
    { path: 'n', isDescending: false },
  ],
]

/** A value of any type; undefined stands for a property that is not there. */
export function randomValue(random: Random): unknown {
  const kind = random.below(4)
  if (kind === 0) return random.pick(others)
  return kind === 1 ? random.pick(strings) : kind === 2 ? random.pick(numbers) : random.below(4)
}

/** What a document holds. */
export function randomContent(random: Random, id: string): NaiveDocument['content'] {
  const e = randomValue(random)
  const fields = {
    x: randomValue(random),
    n: random.below(5) === 0 ? random.pick(numbers) : random.below(6),
    s: random.below(4) === 0 ? undefined : random.pick(strings),
    d: random.below(5) === 0 ? e : e === undefined ? {} : { e },
    flag: random.pick([true, false, null, undefined]),
    secret: random.below(3),
  }
  const defined = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return { id, tenantId: `t${random.below(2)}`, ...defined }
}

/** A query over such documents, with what it means. */
export function randomQuery(random: Random): NaiveQuery {
  const parameters: NaiveQuery['parameters'] = []
  const condition = random.below(5) === 0 ? undefined : randomTest(random, random.below(3), parameters)
  const order = random.pick(orders)
  const tenantId = random.below(2) === 0 ? `t${random.below(2)}` : undefined
  const isWritten = tenantId !== undefined && random.below(3) === 0
  const [skip, take] = random.pick([
    [0, Infinity],
    [0, Infinity],
    [0, 1 + random.below(9)],
    [random.below(9), random.below(30)],
  ])
  const isTop = skip === 0 && take !== undefined && take < Infinity
  const tenant = isWritten ? [`c.tenantId = '${tenantId}'`] : []
  const where = [...tenant, ...(condition ? [`(${condition.text})`] : [])].join(' AND ')
  const text = [
    `SELECT ${isTop ? `TOP ${take} ` : ''}VALUE c.id FROM c`,
    where === '' ? '' : `WHERE ${where}`,
    order.length === 0
      ? ''
      : `ORDER BY ${order.map(({ path, isDescending }) => `c.${path}${isDescending ? ' DESC' : ''}`).join(', ')}`,
    isTop || take === Infinity ? '' : `OFFSET ${skip} LIMIT ${take}`,
  ]
  const [first] = order
  const keepsUndefined = order.length !== 1 || first?.path === 'x'
  return {
    text: text.filter((part) => part !== '').join(' '),
    parameters,
    tenantId,
    passes: ({ content }) =>
      (tenantId === undefined || content.tenantId === tenantId) &&
      (condition === undefined || condition.test(content) === true),
    compare: (a, b) => {
      for (const { path, isDescending } of order) {
        const difference = compareSorted(sortedValue(a, path), sortedValue(b, path))
        if (difference !== 0) return isDescending ? -difference : difference
      }
      return first?.isDescending === true ? b.born - a.born : a.born - b.born
    },
    hasDefinedOrder: (document) =>
      keepsUndefined || first === undefined || sortedValue(document, first.path) !== undefined,
    skip: skip ?? 0,
    take: take ?? Infinity,
  }
}

function sortedValue({ content }: NaiveDocument, path: string): unknown {
  // All are written in the same second.
  return path === '_ts' ? 0 : valueOf(content, path)
}

/** What the query gives of these documents, as ids. */
export function naiveResult(query: NaiveQuery, documents: Iterable<NaiveDocument>): string[] {
  return [...documents]
    .filter((document) => query.passes(document) && query.hasDefinedOrder(document))
    .sort(query.compare)
    .slice(query.skip, query.skip + query.take)
    .map(({ content }) => content.id)
}

const fields = ['x', 'n', 's', 'd.e', 'flag', 'secret', 'id']

function randomTest(random: Random, depth: number, parameters: NaiveQuery['parameters']): Test {
  if (depth > 0) {
    const [a, b] = [randomTest(random, depth - 1, parameters), randomTest(random, depth - 1, parameters)]
    switch (random.below(5)) {
      case 0:
        return { text: `NOT (${a.text})`, test: (document) => negated(a.test(document)) }
      case 1:
        return {
          text: `(${a.text}) OR (${b.text})`,
          test: (document) => either(a.test(document), b.test(document)),
        }
      default:
        return {
          text: `(${a.text}) AND (${b.text})`,
          test: (document) => negated(either(negated(a.test(document)), negated(b.test(document)))),
        }
    }
  }
  const path = random.pick(fields)
  const constant = (value: unknown): string => {
    if (random.below(2) === 0) return JSON.stringify(value)
    parameters.push({ name: `@p${parameters.length}`, value })
    return `@p${parameters.length - 1}`
  }
  const defined = (): unknown => randomValue(random) ?? null
  switch (random.below(8)) {
    case 0: {
      const list = Array.from({ length: random.below(4) }, defined)
      return {
        text: `ARRAY_CONTAINS(${constant(list)}, c.${path})`,
        test: (document) => {
          const value = valueOf(document, path)
          return value === undefined ? undefined : list.some((item) => isSame(item, value))
        },
      }
    }
    case 1: {
      const list = [defined(), defined()]
      return {
        text: `c.${path} IN (${list.map(constant).join(', ')})`,
        test: (document) => {
          const value = valueOf(document, path)
          return value === undefined ? undefined : list.some((item) => isSame(item, value))
        },
      }
    }
    case 2: {
      const [low, high] = [defined(), defined()]
      return {
        text: `c.${path} BETWEEN ${constant(low)} AND ${constant(high)}`,
        test: (document) => {
          const value = valueOf(document, path)
          const [above, below] = [related('>=', value, low), related('<=', value, high)]
          return negated(either(negated(above), negated(below)))
        },
      }
    }
    case 3: {
      const prefix = random.pick(strings)
      return {
        text: `STARTSWITH(c.${path}, ${constant(prefix)})`,
        test: (document) => {
          const value = valueOf(document, path)
          return typeof value === 'string' ? value.slice(0, prefix.length) === prefix : undefined
        },
      }
    }
    case 4:
      return { text: `IS_DEFINED(c.${path})`, test: (document) => valueOf(document, path) !== undefined }
    case 5:
      return {
        text: `c.flag`,
        test: (document) => (typeof document['flag'] === 'boolean' ? document['flag'] : undefined),
      }
    default: {
      const operator = random.pick(['=', '=', '=', '!=', '<', '<=', '>', '>='])
      const value = path === 'id' ? `i${random.below(40)}` : defined()
      return {
        text: `c.${path} ${operator} ${constant(value)}`,
        test: (document) => related(operator, valueOf(document, path), value),
      }
    }
  }
}

function negated(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth
}

function either(a: Truth, b: Truth): Truth {
  if (a === true || b === true) return true
  return a === undefined || b === undefined ? undefined : false
}

function valueOf(content: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        value !== null && typeof value === 'object' && !Array.isArray(value)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      content,
    )
}

function isSame(a: unknown, b: unknown): boolean {
  // Here objects have one property at most, so that their texts are equal when they are; -0 is written as 0.
  return JSON.stringify(a) === JSON.stringify(b)
}

function related(operator: string, a: unknown, b: unknown): Truth {
  if (a === undefined || b === undefined) return undefined
  if (operator === '=') return isSame(a, b)
  if (operator === '!=') return !isSame(a, b)
  if (kindOf(a) !== kindOf(b) || kindOf(a) > 4) return undefined
  const difference = compareSorted(a, b)
  if (operator === '<') return difference < 0
  if (operator === '<=') return difference <= 0
  return operator === '>' ? difference > 0 : difference >= 0
}

function kindOf(value: unknown): number {
  if (value === undefined) return 0
  if (value === null) return 1
  const kind = ['boolean', 'number', 'string'].indexOf(typeof value)
  if (kind >= 0) return kind + 2
  return Array.isArray(value) ? 5 : 6
}

function compareSorted(a: unknown, b: unknown): number {
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return kind - kindOf(b)
  if (kind < 2) return 0
  if (kind < 4) return Number(a) - Number(b)
  const [x, y] = kind === 4 ? [a as string, b as string] : [JSON.stringify(a), JSON.stringify(b)]
  const [left, right] = [pointsOf(x), pointsOf(y)]
  for (let at = 0; ; at += 1) {
    const [one, other] = [left[at], right[at]]
    if (one === undefined || other === undefined)
      return (one === undefined ? 0 : 1) - (other === undefined ? 0 : 1)
    if (one !== other) return one - other
  }
}

/** Code units with surrogates, paired or not, above all others: for whole pairs that is the order of code points. */
function pointsOf(text: string): number[] {
  return text.split('').map((unit) => (/[\ud800-\udfff]/.test(unit) ? 0x10000 : 0) + unit.charCodeAt(0))
}
