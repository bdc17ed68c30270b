import { decodeEscapes } from '../../server/percent-encoding.ts'

/** The entries of a query (`?a=1&b`), in order, read as the real host does: bytes that are not UTF-8 stay escaped. */
export function parseQuery(search: string): [name: string, value: string][] {
  return search
    .replace(/^\?/, '')
    .split('&')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [name = '', ...value] = entry.split('=')
      return [decodeEntry(name), decodeEntry(value.join('='))]
    })
}

function decodeEntry(text: string): string {
  return decodeEscapes(text.replaceAll('+', ' '))
}
