import { constantOf, constantsOf } from '../access-path/where-terms.ts'
import { textScoreName } from '../compile/scores.ts'
import { isVectorDistance } from '../compile/vector-distance.ts'
import type { Expression, Query } from '../syntax/ast.ts'
import { arrayOf, callOf, literalOf, nameOf, objectOf } from '../syntax/expressions.ts'
import { sqlError } from '../syntax/sql-error.ts'
import { clientAggregate, selectedOf } from './plan-aggregates.ts'

type Call = Expression & { kind: 'call' }

/** One score by which documents are ranked. */
export type RankComponent =
  /** `FullTextScore(text, phrase, ...)`: the highest first. */
  | { kind: 'text'; text: Expression; phrases: Expression[] }
  /** `VectorDistance(...)`: the order depends on its measure. */
  | { kind: 'vector'; call: Call }

/** What `ORDER BY RANK` asks for: one score, or several whose ranks are put together. */
export interface Ranking {
  components: RankComponent[]
  /** How much each component counts; below 0 turns its order round. */
  weights: number[]
}

const mostPhrases = 30

/** The ranking of a query with `ORDER BY RANK`; undefined of others. @throws ServiceError 400 for what cannot be ranked */
export function rankingOf(query: Query, parameters: ReadonlyMap<string, unknown>): Ranking | undefined {
  const [key] = query.isRanked ? query.orderBy : []
  if (!key) return undefined
  if (!key.isDescending)
    throw sqlError('SC2052', "'ORDER BY RANK' puts the best first: 'ASC' is not supported.", key.value)
  const hasAggregate = selectedOf(query).some(({ value }) => clientAggregate(value) !== undefined)
  if (query.isDistinct || query.groupBy.length > 0 || hasAggregate)
    throw sqlError(
      'SC2053',
      "'ORDER BY RANK' is not supported with 'DISTINCT', 'GROUP BY' and aggregates.",
      key.value,
    )
  if (!isNamed(key.value, 'RRF')) return { components: [toComponent(key.value, parameters)], weights: [1] }
  const { args } = key.value
  const weights = weightsOf(args.at(-1), parameters)
  const scores = weights ? args.slice(0, -1) : args
  if (scores.length < 2) throw sqlError('SC2054', "'RRF' takes two scoring functions or more.", key.value)
  if (weights && weights.length !== scores.length)
    throw sqlError('SC2055', `'RRF' has ${scores.length} scores and ${weights.length} weights.`, key.value)
  const components = scores.map((score) => toComponent(score, parameters))
  return { components, weights: weights ?? components.map(() => 1) }
}

/** The numbers of all documents that a text is scored by, as they stand in a query. */
export interface StatisticsText {
  documentCount: Expression
  totalWordCount: Expression
  hitCounts: Expression
}

/** The score of a component. `statistics` are those of the text components, in their order. */
export function scoreExpressions(
  { components }: Ranking,
  statistics: readonly StatisticsText[],
): Expression[] {
  let next = 0
  return components.map((component) => {
    if (component.kind === 'vector') return component.call
    const known = statistics[next]
    next += 1
    if (!known) throw new Error('A text is scored without the statistics of all texts.')
    const { text, phrases } = component
    const { documentCount, totalWordCount, hitCounts } = known
    return callOf(textScoreName, [text, arrayOf(phrases), documentCount, totalWordCount, hitCounts])
  })
}

/**
 * The query that counts what texts are scored by, over all documents: it gives
 * `{ documentCount, fullTextStatistics: [{ totalWordCount, hitCounts }] }`. Undefined where no text is scored.
 */
export function statisticsQuery(query: Query, { components }: Ranking): Query | undefined {
  const texts = components.filter((component) => component.kind === 'text')
  const [source] = query.from
  if (texts.length === 0 || !source) return undefined
  const statistics = texts.map(({ text, phrases }) =>
    objectOf({
      totalWordCount: callOf('SUM', [callOf('_FullTextWordCount', [text])]),
      hitCounts: arrayOf(
        phrases.map((phrase) => callOf('COUNTIF', [callOf('FullTextContains', [text, phrase])])),
      ),
    }),
  )
  const items = [
    { name: 'documentCount', value: callOf('COUNT', [literalOf(1)]), isNamed: true },
    { name: 'fullTextStatistics', value: arrayOf(statistics), isNamed: true },
  ]
  return { ...plainQuery(query), from: [source], where: undefined, select: { kind: 'list', items } }
}

/**
 * The query for all rows with their scores: `{ payload, score0, score1, ... }`. A score that is undefined is
 * left out. Without statistics the query can be checked, but not run.
 */
export function rankedRows(
  query: Query,
  ranking: Ranking,
  statistics: readonly StatisticsText[] = ranking.components.map(() => ofNothing),
): Query {
  const scores = scoreExpressions(ranking, statistics).map((score, index) => [`score${index}`, score])
  const value = objectOf({ payload: selectedValue(query), ...Object.fromEntries(scores) })
  return { ...plainQuery(query), select: { kind: 'value', value } }
}

const ofNothing: StatisticsText = {
  documentCount: literalOf(0),
  totalWordCount: literalOf(0),
  hitCounts: arrayOf([]),
}

/** A query without order and cut. */
function plainQuery(query: Query): Query {
  return { ...query, orderBy: [], isRanked: false, top: undefined, offset: undefined, limit: undefined }
}

/** What a query selects, as one expression. */
export function selectedValue({ select, from }: Query): Expression {
  switch (select.kind) {
    case 'star':
      return nameOf(from[0]?.alias ?? 'c')
    case 'value':
      return select.value
    case 'list':
      return objectOf(Object.fromEntries(select.items.map(({ name, value }) => [name, value])))
  }
}

function isNamed(value: Expression, name: string): value is Call {
  return value.kind === 'call' && !value.isUserDefined && value.name.toUpperCase() === name
}

function toComponent(value: Expression, parameters: ReadonlyMap<string, unknown>): RankComponent {
  if (isNamed(value, 'FULLTEXTSCORE')) return toTextComponent(value, parameters)
  if (isVectorDistance(value)) return { kind: 'vector', call: value }
  throw sqlError('SC2056', "Only 'FullTextScore', 'VectorDistance' and 'RRF' can be ranked by.", value)
}

function toTextComponent(call: Call, parameters: ReadonlyMap<string, unknown>): RankComponent {
  const [text, ...terms] = call.args
  const phrases = terms.flatMap((term) => phrasesOf(term, parameters))
  if (text?.kind !== 'member' || phrases.length === 0)
    throw sqlError('SC2057', "'FullTextScore' takes the path of a text and words to look for.", call)
  if (phrases.length > mostPhrases)
    throw sqlError('SC2051', `'FullTextScore' takes at most ${mostPhrases} phrases.`, call)
  return { kind: 'text', text, phrases }
}

/** The phrases of an argument: one, or a list. */
function phrasesOf(term: Expression, parameters: ReadonlyMap<string, unknown>): Expression[] {
  if (term.kind === 'array') return term.items.flatMap((item) => phrasesOf(item, parameters))
  const value = constantOf(term, parameters)?.value
  const values: unknown[] = Array.isArray(value) ? value : [value]
  if (values.some((entry) => typeof entry !== 'string'))
    throw sqlError('SC2058', "The words that 'FullTextScore' looks for must be texts.", term)
  return values.map(literalOf)
}

/** The weights at the end of RRF: numbers, as a list or a parameter. Undefined where there are none. */
function weightsOf(
  last: Expression | undefined,
  parameters: ReadonlyMap<string, unknown>,
): number[] | undefined {
  if (!last || last.kind === 'call') return undefined
  const value =
    last.kind === 'array' ? constantsOf(last.items, parameters) : constantOf(last, parameters)?.value
  if (Array.isArray(value) && value.every((weight) => typeof weight === 'number')) return value as number[]
  throw sqlError('SC2059', "The weights of 'RRF' must be an array of numbers.", last)
}
