import { ServiceError } from './service-error.ts'

/** What a parameter may be. */
export interface NumberRange {
  readonly min: number
  readonly max: number
  /** What it is where it is not given; it must be given where there is none. */
  readonly byDefault?: number
}

/** A whole number of the query. @throws ServiceError naming the parameter, its value and what it may be */
export function readNumber(query: URLSearchParams, name: string, range: NumberRange): number {
  const text = query.get(name)
  if (text === null || text === '') {
    if (range.byDefault !== undefined) return range.byDefault
    throw new ServiceError('MissingRequiredQueryParameter', { QueryParameterName: name })
  }
  const value = Number(text)
  const details = { QueryParameterName: name, QueryParameterValue: text }
  if (!Number.isInteger(value)) throw new ServiceError('InvalidQueryParameterValue', details)
  if (value < range.min || value > range.max)
    throw new ServiceError('OutOfRangeQueryParameterValue', {
      ...details,
      MinimumAllowed: String(range.min),
      MaximumAllowed: String(range.max),
    })
  return value
}

/** Text of the query. @throws ServiceError where it is not given */
export function readText(query: URLSearchParams, name: string): string {
  const text = query.get(name)
  if (!text) throw new ServiceError('MissingRequiredQueryParameter', { QueryParameterName: name })
  return text
}
