import { tokenize } from './lexer.ts'
import type { Token } from './lexer.ts'
import { sqlError, syntaxError, unexpectedEnd } from './sql-error.ts'

const deepestNesting = 200

// Words that cannot be names: `c.order` and `c.value` are refused by the service too, `c["order"]` is not.
const reserved = new Set(
  (
    'AND ARRAY AS ASC BETWEEN BY DESC DISTINCT EXISTS FALSE FROM GROUP IN JOIN LIKE NOT NULL OR ORDER ' +
    'SELECT TOP TRUE UDF UNDEFINED VALUE WHERE'
  ).split(' '),
)

/** Walks over the tokens of a query. */
export class TokenReader {
  readonly #text: string
  readonly #tokens: Token[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]
    if (!token) throw unexpectedEnd(0)
    return token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'name' && token.text.toUpperCase() === word
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'symbol' && token.text === symbol
  }

  acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.#at += 1
    return true
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false
    this.#at += 1
    return true
  }

  expectWord(word: string): void {
    if (!this.acceptWord(word)) this.fail()
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) this.fail()
  }

  expectName(): Token {
    const token = this.peek()
    if (token.kind !== 'name' || isReserved(token.text)) this.fail()
    return this.next()
  }

  /** The end of what was read last. */
  lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  /** Runs one level of nesting, so that no text can exhaust the stack. */
  nested<T>(read: () => T): T {
    if (this.#depth >= deepestNesting)
      throw sqlError('SC3020', 'The query is nested too deeply.', this.peek())
    this.#depth += 1
    try {
      return read()
    } finally {
      this.#depth -= 1
    }
  }

  /** Refuses the text at the next token, or at one that was read before. @throws ServiceError 400 */
  fail(token: Token = this.peek()): never {
    if (token.kind === 'end') throw unexpectedEnd(token.start)
    throw syntaxError(this.#text.slice(token.start, token.end), token)
  }
}

/** Whether a word cannot be used as a name. */
export function isReserved(word: string): boolean {
  return reserved.has(word.toUpperCase())
}
