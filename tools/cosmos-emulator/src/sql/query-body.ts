import { badRequest } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import { readResumeFilter } from './run/resume-filter.ts'
import type { ResumeFilter } from './run/resume-filter.ts'

const longestTextCharacters = 512 * 1024

/** A query as it comes over the wire. */
export interface QueryBody {
  text: string
  parameters: Map<string, unknown>
  /** Behind which row an ordered query goes on. */
  resume?: ResumeFilter | undefined
}

/** Reads `{ query, parameters: [{ name, value }], resumeFilter }`, or the bare text. @throws ServiceError 400 */
export function readQueryBody(body: unknown): QueryBody {
  if (typeof body === 'string') return { text: checkText(body), parameters: new Map() }
  if (!isJsonObject(body) || typeof body.query !== 'string')
    throw badRequest('The request body must hold the text of a query.')
  const given: unknown = body.parameters ?? []
  if (!Array.isArray(given)) throw badRequest('The parameters of a query must be an array.')
  const parameters = new Map<string, unknown>()
  for (const parameter of given as unknown[]) {
    if (!isJsonObject(parameter) || typeof parameter.name !== 'string')
      throw badRequest('A parameter of a query must have a name.')
    parameters.set(parameter.name, parameter.value)
  }
  return { text: checkText(body.query), parameters, resume: readResumeFilter(body.resumeFilter) }
}

function checkText(text: string): string {
  if (text.length > longestTextCharacters)
    throw badRequest(`The text of a query must not be longer than ${longestTextCharacters} characters.`)
  return text
}
