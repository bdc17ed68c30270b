import type { HttpData } from './protocol.ts'

/** What the host needs of the library's `HttpRequest`. */
export interface LibraryRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly user: unknown
  readonly body: ReadableStream | null
  readonly bodyUsed: boolean
  arrayBuffer(): Promise<ArrayBuffer>
  blob(): Promise<Blob>
  formData(): Promise<FormData>
  json(): Promise<unknown>
  text(): Promise<string>
  clone(): LibraryRequest
}

/** The library's `HttpRequest` class. */
export type LibraryRequestClass = new (http: HttpData) => LibraryRequest

/** Methods that `Request` takes as they are. */
const plainMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
])
const bodilessMethods: ReadonlySet<string> = new Set(['GET', 'HEAD'])
const decoder = new TextDecoder()

/** Whether a request is one that the library takes without a fault and without a warning, so that it may be built later. */
export function canBeLazy({ method = '', url = '', headers = {}, body }: HttpData): boolean {
  if (!plainMethods.has(method) || (body && bodilessMethods.has(method))) return false
  // A user in front of the host is refused.
  if (url.includes('@') || (body && !body.bytes)) return false
  for (const name in headers) if (!/^[\t\x20-\x7e]*$/.test(headers[name] ?? '')) return false
  return true
}

/**
 * Makes a class of requests that are instances of the library's `HttpRequest`, and answer what is cheap themselves; for the rest
 * they build the library's own request. A `Request` costs more than all else that a small function does.
 */
export function lazyRequestClass(Library: LibraryRequestClass): new (http: HttpData) => LibraryRequest {
  class LazyRequest implements LibraryRequest {
    readonly query: URLSearchParams
    readonly params: Readonly<Record<string, string>>
    readonly #http: HttpData
    #real: LibraryRequest | undefined
    #headers: Headers | undefined
    #isRead = false

    constructor(http: HttpData) {
      this.#http = http
      const { query = {}, params = {} } = http
      this.query = hasAny(query) ? new URLSearchParams(query) : new URLSearchParams()
      this.params = params
    }

    get url(): string {
      return this.#http.url ?? ''
    }

    get method(): string {
      return this.#http.method ?? ''
    }

    get headers(): Headers {
      this.#headers ??= this.#real?.headers ?? new Headers(this.#http.headers)
      return this.#headers
    }

    get user(): unknown {
      return this.headers.has('x-ms-client-principal') ? this.#build().user : null
    }

    get body(): ReadableStream | null {
      return this.#bytes ? this.#build().body : null
    }

    get bodyUsed(): boolean {
      return this.#real?.bodyUsed ?? this.#isRead
    }

    async text(): Promise<string> {
      return this.#isFresh ? decoder.decode(this.#takeBytes()) : this.#build().text()
    }

    async json(): Promise<unknown> {
      return this.#isFresh ? JSON.parse(decoder.decode(this.#takeBytes())) : this.#build().json()
    }

    async arrayBuffer(): Promise<ArrayBuffer> {
      if (!this.#isFresh) return this.#build().arrayBuffer()
      return new Uint8Array(this.#takeBytes() ?? []).buffer
    }

    async blob(): Promise<Blob> {
      return this.#build().blob()
    }

    async formData(): Promise<FormData> {
      return this.#build().formData()
    }

    clone(): LibraryRequest {
      return this.#build().clone()
    }

    get #bytes(): Uint8Array | undefined {
      return this.#http.body?.bytes
    }

    /** Whether nothing has been done with the body yet. */
    get #isFresh(): boolean {
      return this.#real === undefined && !this.#isRead
    }

    /** The body, which counts as read from now on; that there is none can be read again and again. */
    #takeBytes(): Uint8Array | undefined {
      const bytes = this.#bytes
      this.#isRead = bytes !== undefined
      return bytes
    }

    /** The library's own request, in the state that this one is in. */
    #build(): LibraryRequest {
      if (this.#real) return this.#real
      const headers = this.#headers ? Object.fromEntries(this.#headers) : this.#http.headers
      this.#real = new Library({ ...this.#http, headers: headers ?? {} })
      this.#headers ??= this.#real.headers
      if (this.#isRead) void this.#real.arrayBuffer()
      return this.#real
    }
  }
  Object.setPrototypeOf(LazyRequest.prototype, Library.prototype as object)
  // As if it were the library's own class, also where an object is printed.
  Object.defineProperty(LazyRequest.prototype, 'constructor', {
    value: Library,
    configurable: true,
    writable: true,
  })
  return LazyRequest
}

function hasAny(record: object): boolean {
  for (const _name in record) return true
  return false
}
