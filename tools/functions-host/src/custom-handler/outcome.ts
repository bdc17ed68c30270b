import { HostError } from '../errors.ts'
import type { Binding, FunctionMetadata, InvocationOutcome, TypedData } from '../worker/protocol.ts'

/** What a custom handler answers. Names are taken in any case. */
interface HandlerAnswer {
  readonly outputs: Readonly<Record<string, unknown>>
  readonly logs: readonly string[]
  readonly returnValue: unknown
}

/** The answer's parts out of its text. @throws HostError for text that is no answer */
export function parseAnswer(text: string): HandlerAnswer {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new HostError(`The custom handler's answer is no JSON: ${text.slice(0, 200)}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HostError(
      `The custom handler's answer must be an object with Outputs, Logs and ReturnValue, not ${text.slice(0, 200)}`,
    )
  const fields = lowerCased(value as Record<string, unknown>)
  const logs = fields['logs'] ?? []
  return {
    outputs: (fields['outputs'] ?? {}) as Record<string, unknown>,
    logs: (Array.isArray(logs) ? logs : [logs]).map((line) =>
      typeof line === 'string' ? line : JSON.stringify(line),
    ),
    returnValue: fields['returnvalue'],
  }
}

/** What a function gave back, binding by binding. */
export function toOutcome(
  { bindings }: FunctionMetadata,
  { outputs, returnValue }: HandlerAnswer,
): Extract<InvocationOutcome, { ok: true }> {
  const outs = bindings.filter(({ direction }) => direction === 'out')
  const isHttp = (binding: Binding): boolean => binding.type.toLowerCase() === 'http'
  const response = outs.find(isHttp)
  const named = (name: string): unknown =>
    name === '$return' ? (returnValue ?? outputs[name]) : outputs[name]
  const returned = outs.find(({ name }) => name === '$return')
  return {
    ok: true,
    returnValue: response ? toResponse(named(response.name)) : toTyped(named('$return'), returned),
    outputData: outs.flatMap((binding) => {
      const data =
        isHttp(binding) || binding.name === '$return' ? undefined : toTyped(named(binding.name), binding)
      return data ? [{ name: binding.name, data }] : []
    }),
  }
}

/** An HTTP response: its fields, or a body alone. */
function toResponse(value: unknown): TypedData | null {
  if (value === undefined || value === null) return null
  const fields =
    typeof value === 'object' && !Array.isArray(value)
      ? lowerCased(value as Record<string, unknown>)
      : undefined
  const isResponse = fields && ['statuscode', 'status', 'body', 'headers'].some((name) => name in fields)
  if (!isResponse) return { http: { statusCode: '200', ...toBody(value, {}) } }
  const given = Object.entries((fields['headers'] ?? {}) as Record<string, unknown>)
  const headers = Object.fromEntries(
    given.map(([name, header]) => [name, Array.isArray(header) ? header.join(', ') : String(header)]),
  )
  const statusCode = String(fields['statuscode'] ?? fields['status'] ?? 200)
  return { http: { statusCode, ...toBody(fields['body'], headers) } }
}

/** Text stays text, everything else is JSON, each with its type unless the headers have one. */
function toBody(
  body: unknown,
  headers: Record<string, string>,
): { headers: Record<string, string>; body?: TypedData } {
  if (body === undefined || body === null) return { headers }
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  const isText = typeof body === 'string'
  const type = `${isText ? 'text/plain' : 'application/json'}; charset=utf-8`
  return {
    headers: isTyped ? headers : { ...headers, 'content-type': type },
    body: { string: isText ? body : JSON.stringify(body) },
  }
}

/** A value for an output binding. Blobs, and what is declared binary, come as base64. */
function toTyped(value: unknown, binding: Binding | undefined): TypedData | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') return { json: JSON.stringify(value) }
  const isBinary =
    binding?.type.toLowerCase() === 'blob' || String(binding?.['dataType']).toLowerCase() === 'binary'
  return isBinary && isBase64(value) ? { bytes: Buffer.from(value, 'base64') } : { string: value }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

function lowerCased(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]))
}
