import type { Implementation } from '@modelcontextprotocol/sdk/types.js'

/** Who asks, as functions see it. */
export interface Caller {
  readonly sessionId: string | undefined
  readonly clientInfo: Pick<Implementation, 'name' | 'version'> | undefined
  readonly transport: 'http-streamable' | 'http-sse'
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The transport as a field of the JSON that a function gets; headers of one name are joined by commas. */
export function describeTransport({ transport, sessionId, headers }: Caller): Record<string, unknown> {
  const joined = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
  )
  return { name: transport, sessionId, properties: { headers: Object.fromEntries(joined) as unknown } }
}

/** A call of a tool or a prompt as its function gets it: JSON. */
export function describeCall(
  { name, arguments: given }: { name: string; arguments?: Readonly<Record<string, unknown>> | undefined },
  caller: Caller,
): string {
  return JSON.stringify({
    name,
    arguments: given,
    sessionid: caller.sessionId,
    clientinfo: caller.clientInfo,
    transport: describeTransport(caller),
  })
}
