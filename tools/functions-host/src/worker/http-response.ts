import type { HttpData } from './protocol.ts'

/** What the host needs of the library's `HttpResponse`. */
interface LibraryResponse {
  readonly status: number
  readonly headers: Headers
  readonly cookies: readonly unknown[]
  readonly enableContentNegotiation: boolean
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Whether a function returned an `HttpResponse` of the library that is nothing but a status, headers and a body. */
export function isHttpResponse(returned: unknown): returned is LibraryResponse {
  if (typeof returned !== 'object' || returned === null) return false
  const maker = (returned as { readonly constructor?: { readonly name: string } }).constructor
  if (maker?.name !== 'HttpResponse') return false
  const { headers, cookies, enableContentNegotiation } = returned as Partial<LibraryResponse>
  return (
    headers instanceof Headers &&
    Array.isArray(cookies) &&
    cookies.length === 0 &&
    enableContentNegotiation === false
  )
}

/** Reads it as the library does, without its model of the whole invocation. Rejects for a body that has been used. */
export async function readHttpResponse(response: LibraryResponse): Promise<HttpData> {
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers) headers[name] = value
  return {
    statusCode: String(response.status),
    headers,
    body: { bytes: new Uint8Array(await response.arrayBuffer()) },
  }
}
