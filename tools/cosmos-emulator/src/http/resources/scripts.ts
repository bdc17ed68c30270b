import { badRequest, tooLarge } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import type { ResourceKind } from '../../storage/resource-ids.ts'
import { containerOf } from '../call.ts'
import type { Call } from '../call.ts'
import type { ResourceRules } from './resource-routes.ts'

const largestBodyBytes = 256 * 1024
const triggerTypes = ['pre', 'post']
const triggerOperations = ['all', 'create', 'update', 'delete', 'replace', 'upsert']

/** Stored procedures of a container. As in the service, the text is compiled when it runs, not when it is stored. */
export const storedProcedureRules: ResourceRules = scriptRules(
  'sprocs',
  { one: 'storedProcedure', many: 'storedProcedures' },
  'StoredProcedures',
)

/** User-defined functions of a container. */
export const userFunctionRules: ResourceRules = scriptRules(
  'udfs',
  { one: 'userDefinedFunction', many: 'userDefinedFunctions' },
  'UserDefinedFunctions',
)

/** Triggers of a container: they run only where a request names them. */
export const triggerRules: ResourceRules = {
  ...scriptRules('triggers', { one: 'trigger', many: 'triggers' }, 'Triggers'),
  toContent: (body) => {
    const content = toScript(body)
    checkOneOf('triggerType', content.triggerType, triggerTypes)
    checkOneOf('triggerOperation', content.triggerOperation, triggerOperations)
    return content
  },
}

function scriptRules(
  kind: ResourceKind & ('sprocs' | 'triggers' | 'udfs'),
  names: ResourceRules['names'],
  plural: string,
): ResourceRules {
  return {
    kind,
    names,
    plural,
    path: `/dbs/{database}/colls/{container}/${kind}`,
    parentOf: (call: Call) => {
      const { database, record } = containerOf(call)
      return { rid: record.rid, self: `dbs/${database.rid}/colls/${record.rid}/` }
    },
    toContent: toScript,
  }
}

function toScript(body: JsonObject): JsonObject {
  if (typeof body.body !== 'string' || body.body.trim() === '')
    throw badRequest("The input content is invalid because the required properties - 'body; ' - are missing")
  if (Buffer.byteLength(body.body) > largestBodyBytes) throw tooLarge('256 KB for the body of a script')
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== 'id' && !key.startsWith('_')))
}

function checkOneOf(name: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== 'string' || !known.includes(value.toLowerCase()))
    throw badRequest(`The ${name} of a trigger must be one of: ${known.join(', ')}.`)
}
