import type { ServiceError } from '../../errors.ts'
import { sqlError, syntaxError } from './sql-error.ts'

/** A token with its place in the text. `text` of a name is as written; of a string, its value. */
export interface Token {
  kind: 'name' | 'number' | 'string' | 'parameter' | 'symbol' | 'end'
  text: string
  start: number
  end: number
}

const pattern =
  /(?<space>\s+|--[^\n]*)|(?<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_$.]))|(?<name>[\p{L}_$][\p{L}\p{N}_$]*)|(?<parameter>@[\p{L}\p{N}_$]+)|(?<string>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|(?<symbol>>>>|<=|>=|<>|!=|<<|>>|\|\||\?\?|[-+*/%=<>&|^~?:.,()[\]{}])/uy

const longestShown = 100
const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** Cuts a query into tokens. @throws ServiceError 400 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) throw noToken(text, at)
    const end = pattern.lastIndex
    const token = toToken(match.groups ?? {}, at, end)
    if (token) tokens.push(token)
    at = end
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

/** What stands at a place where no token begins: a number run into a word, a string that never ends, a strange sign. */
function noToken(text: string, start: number): ServiceError {
  const [word] = /^\.?\d[\p{L}\p{N}_$.]*/u.exec(text.slice(start, start + longestShown)) ?? []
  if (word !== undefined)
    return sqlError('SC1010', `Syntax error, invalid numeric value token '${word}'.`, {
      start,
      end: start + word.length,
    })
  const sign = String.fromCodePoint(text.codePointAt(start) ?? 0)
  if (sign !== '"' && sign !== "'") return syntaxError(sign, { start, end: start + sign.length })
  const rest = text.slice(start, start + longestShown)
  return sqlError('SC1012', `Syntax error, invalid string literal token '${rest}'.`, {
    start,
    end: text.length,
  })
}

function toToken(groups: Record<string, string | undefined>, start: number, end: number): Token | undefined {
  const { number, name, parameter, string, symbol } = groups
  if (name !== undefined) return { kind: 'name', text: name, start, end }
  if (symbol !== undefined) return { kind: 'symbol', text: symbol === '<>' ? '!=' : symbol, start, end }
  if (parameter !== undefined) return { kind: 'parameter', text: parameter, start, end }
  if (number !== undefined) return { kind: 'number', text: number, start, end }
  if (string !== undefined) return { kind: 'string', text: unescape(string.slice(1, -1)), start, end }
  return undefined
}

function unescape(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, escape: string) =>
    escape.length > 1
      ? String.fromCharCode(Number.parseInt(escape.slice(1), 16))
      : (escapes[escape] ?? escape),
  )
}
