const escapedBytes = /(?:%[0-9a-f]{2})+/gi
const longestCharacterBytes = 4

/** Decodes the escapes that are UTF-8; bytes that are not stay as they are, as .NET does it. */
export function decodeEscapes(text: string): string {
  return text.includes('%') ? text.replaceAll(escapedBytes, decodeBytes) : text
}

/** A path as routes see it: escapes are decoded, save that of a slash, which would make one part two. */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path
  return path
    .split(/(%2f)/i)
    .map((part) => (/^%2f$/i.test(part) ? part : decodeEscapes(part)))
    .join('')
}

/** A decoded path as function code sees it: escaped again where a URL needs it, and nowhere else. */
export function encodePath(path: string): string {
  return path.replaceAll(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]+/gi, encodeURIComponent)
}

function decodeBytes(escapes: string): string {
  let decoded = ''
  for (let start = 0; start < escapes.length;) {
    const character = decodeCharacter(escapes, start)
    decoded += character?.text ?? escapes.slice(start, start + 3)
    start += character?.length ?? 3
  }
  return decoded
}

/** The character whose escapes start here, and how long they are; undefined where its first byte starts none. */
function decodeCharacter(escapes: string, start: number): { text: string; length: number } | undefined {
  for (let bytes = 1; bytes <= longestCharacterBytes; bytes += 1) {
    try {
      return { text: decodeURIComponent(escapes.slice(start, start + 3 * bytes)), length: 3 * bytes }
    } catch {
      // Not a whole character yet.
    }
  }
  return undefined
}
