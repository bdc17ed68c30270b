/** The key that every Cosmos emulator takes, known to all. */
export const wellKnownKey =
  'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/** An answer of 400 or more: its status, a message that can be shown, and the place in a query that it speaks of. */
export class RestError extends Error {
  constructor(status, text) {
    const errors = errorsOf(text)
    super(errors.map((error) => `${status}: ${describeError(error)}`).join('\n'))
    this.name = 'RestError'
    this.status = status
    this.location = errors.find(({ location }) => location)?.location
  }
}

/** The account behind this page by its public interface, signed with a key. */
export class Account {
  #key

  async useKey(base64) {
    const letters = read(() => atob(base64))
    if (!letters) throw new Error('A key is base64, such as the well-known one of the emulator.')
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0))
    this.#key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
  }

  /** `segments` are the parts of the path, not encoded. @throws RestError */
  async send(method, segments, { headers = {}, body } = {}) {
    const startedAt = performance.now()
    const response = await fetch(`/${segments.map(encodeURIComponent).join('/')}`, {
      method,
      // A browser would ask for a container by its etag, which stays as it is when documents come.
      cache: 'no-store',
      headers: { ...(await this.#signature(method, segments)), 'x-ms-version': '2020-07-15', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    const milliseconds = performance.now() - startedAt
    if (response.status >= 400) throw new RestError(response.status, text)
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
      milliseconds,
    }
  }

  async #signature(method, segments) {
    const date = new Date().toUTCString()
    const isFeed = segments.length % 2 === 1
    const type = segments.at(isFeed ? -1 : -2) ?? ''
    const link =
      type === 'offers' && !isFeed
        ? segments[1].toLowerCase()
        : segments.slice(0, isFeed ? -1 : undefined).join('/')
    const text = `${method.toLowerCase()}\n${type.toLowerCase()}\n${link}\n${date.toLowerCase()}\n\n`
    const signed = await crypto.subtle.sign('HMAC', this.#key, new TextEncoder().encode(text))
    const signature = btoa(String.fromCharCode(...new Uint8Array(signed)))
    return {
      'x-ms-date': date,
      authorization: encodeURIComponent(`type=master&ver=1.0&sig=${signature}`),
    }
  }
}

/** What an error's body says, without what is for machines alone: texts, or objects with code, location and message. */
function errorsOf(text) {
  const message = read(() => JSON.parse(text).message) ?? text
  const [plain] = message.split('\r\nActivityId')
  const wrapped = read(() => JSON.parse(plain.slice(plain.indexOf('{'))))
  const errors = wrapped?.errors ?? wrapped?.Errors
  return Array.isArray(errors) ? errors : [plain]
}

function describeError(error) {
  if (typeof error === 'string') return error
  const { code = '', location, message } = error
  const place = location ? ` at ${location.start}–${location.end}` : ''
  return `${code}${place}: ${message}`
}

function read(getter) {
  try {
    return getter()
  } catch {
    return undefined
  }
}
