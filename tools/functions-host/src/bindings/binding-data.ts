import type { HttpData, TypedData } from '../worker/protocol.ts'
import type { BindingData } from './binding-expression.ts'
import type { Clock } from '../time/clock.ts'
import { systemValues } from './built-in-values.ts'

/** What a trigger gave an invocation. */
export interface TriggerValues {
  readonly data: TypedData
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>
}

/** What the values under `sys` are made of. */
export interface SystemOptions {
  readonly functionName: string
  readonly clock: Clock
}

/**
 * What the expressions of an invocation can name: metadata of the trigger, the top level of a JSON object that triggered it
 * (lists and null apart), of an HTTP request its query and route too, and `sys`. Of two of one name the later one wins.
 */
export function toBindingData(values: TriggerValues, system: SystemOptions): BindingData {
  let known: ReturnType<BindingData> | undefined
  return () => (known ??= readValues(values, system))
}

function readValues(
  { data, triggerMetadata }: TriggerValues,
  { functionName, clock }: SystemOptions,
): ReadonlyMap<string, unknown> {
  const http = data.http
  const entries: [string, unknown][] = [
    ['sys', systemValues(functionName, clock)],
    ...Object.entries(triggerMetadata ?? {}).map(([name, value]): [string, unknown] => [
      name,
      fromTypedData(value),
    ]),
    ...(http ? httpEntries(http) : jsonEntries(data.string ?? data.json)),
  ]
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), value]))
}

function httpEntries({ body, query, headers, params }: HttpData): [string, unknown][] {
  // A key is none of the function's business.
  const parameters = Object.entries(query ?? {}).filter(([name]) => name.toLowerCase() !== 'code')
  return [
    ...(body?.bytes ? jsonEntries(Buffer.from(body.bytes).toString('utf8')) : []),
    ...parameters,
    ...Object.entries(params ?? {}),
    // In stream mode they come as metadata.
    ...Object.entries({ ...(query && { Query: query }), ...(headers && { Headers: headers }) }),
  ]
}

/** The top level of a JSON object, as Azure takes it; nothing for what is none. */
function jsonEntries(text: string | undefined): [string, unknown][] {
  if (!text?.trimStart().startsWith('{')) return []
  try {
    const entries = Object.entries(parseJson(text) as object)
    return entries.filter(([, value]) => value !== null && !Array.isArray(value))
  } catch {
    // Most messages are no JSON, which is no fault of theirs.
    return []
  }
}

function fromTypedData(value: TypedData): unknown {
  if (value.json === undefined) return value.string ?? value.int ?? value.double
  try {
    return parseJson(value.json)
  } catch {
    return value.json
  }
}

/** Parses JSON; a number that would lose digits stays as it was written: ids are often longer than a double's 15 digits. */
function parseJson(text: string): unknown {
  // Node tells the text of a number from 21 on.
  const keepDigits = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) ? (context?.source ?? value) : value
  return JSON.parse(text, keepDigits)
}
