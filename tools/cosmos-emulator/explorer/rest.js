/** The key that every Cosmos emulator takes, known to all. */
export const wellKnownKey =
  'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/** An answer of 400 or more: its status, and a message that can be shown. */
export class RestError extends Error {
  constructor(status, message) {
    super(message)
    this.name = 'RestError'
    this.status = status
  }
}

/** The account behind this page by its public interface, signed with a key. */
export class Account {
  #key

  async useKey(base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    this.#key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ])
  }

  /** `segments` are the parts of the path, not encoded. @throws RestError */
  async send(method, segments, { headers = {}, body } = {}) {
    const startedAt = performance.now()
    const response = await fetch(`/${segments.map(encodeURIComponent).join('/')}`, {
      method,
      headers: { ...(await this.#signature(method, segments)), 'x-ms-version': '2020-07-15', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await response.text()
    const milliseconds = performance.now() - startedAt
    if (response.status >= 400) throw new RestError(response.status, messageOf(response.status, text))
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

/** What an error's body says, without what is for machines alone. */
function messageOf(status, text) {
  const message = read(() => JSON.parse(text).message) ?? text
  const [plain] = message.split('\r\nActivityId')
  const errors = read(
    () =>
      JSON.parse(plain.slice(plain.indexOf('{'))).errors ??
      JSON.parse(plain.slice(plain.indexOf('{'))).Errors,
  )
  if (!Array.isArray(errors)) return `${status}: ${plain}`
  return errors
    .map((error) => `${status}: ${typeof error === 'string' ? error : describeSqlError(error)}`)
    .join('\n')
}

function describeSqlError({ code = '', location, message }) {
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
