import { valueAt } from '../json.ts'

/** One property of an index: where it stands in a document, and which way it is sorted. */
export interface IndexColumn {
  /** The names on the way to the property: `['address', 'city']`. */
  path: string[]
  isDescending: boolean
}

/** A range of encoded values: from inclusive, to exclusive. */
export type IndexRange = readonly [from: Buffer, to: Buffer]

// The first byte of an encoded value, in the order of types of ORDER BY.
const undefinedMark = 1
const nullMark = 2
const falseMark = 3
const trueMark = 4
const numberMark = 5
const stringMark = 6
const arrayMark = 7
const objectMark = 8

/**
 * Encodes values so that the order of the bytes is the order of ORDER BY: by type, then by value, strings by code
 * points. No encoding is the beginning of another, so that values in a row compare one after the other.
 */
export function encodeKey(values: readonly unknown[], columns: readonly IndexColumn[]): Buffer {
  if (values.length === 1) return encodeColumn(encodeValue(values[0]), columns[0])
  return Buffer.concat(values.map((value, at) => encodeColumn(encodeValue(value), columns[at])))
}

/** An encoded value as it stands in a column. */
export function encodeColumn(encoded: Buffer, column: IndexColumn | undefined): Buffer {
  return column?.isDescending === true ? inverted(encoded) : encoded
}

/** The key of a document in an index of these columns. */
export function documentKey(document: unknown, columns: readonly IndexColumn[]): Buffer {
  return encodeKey(
    columns.map(({ path }) => valueAt(document, path)),
    columns,
  )
}

/** Encodes one value, ascending. */
export function encodeValue(value: unknown): Buffer {
  if (value === undefined) return Buffer.of(undefinedMark)
  if (value === null) return Buffer.of(nullMark)
  if (typeof value === 'boolean') return Buffer.of(value ? trueMark : falseMark)
  if (typeof value === 'number') return encodeNumber(value)
  if (typeof value === 'string') return encodeText(stringMark, value, true)
  return encodeText(Array.isArray(value) ? arrayMark : objectMark, JSON.stringify(value), true)
}

/** Every encoded value of the type of this one. */
export function typeRange(value: unknown): IndexRange {
  if (typeof value === 'boolean') return [Buffer.of(falseMark), Buffer.of(trueMark + 1)]
  const [mark = 0] = encodeValue(value)
  return [Buffer.of(mark), Buffer.of(mark + 1)]
}

/** Every encoded string that begins with this text. */
export function prefixRange(text: string): IndexRange {
  const from = encodeText(stringMark, text, false)
  return [from, successor(from)]
}

/** Every encoded value but undefined. */
export const definedRange: IndexRange = [Buffer.of(nullMark), Buffer.of(objectMark + 1)]

/** Every encoded value. */
export const wholeRange: IndexRange = [Buffer.of(undefinedMark), Buffer.of(0xff)]

/** The least key that is greater than all that begin with this one. */
export function successor(key: Buffer): Buffer {
  let length = key.length
  while (length > 0 && key[length - 1] === 0xff) length -= 1
  const next = Buffer.from(key.subarray(0, length))
  if (length > 0) next[length - 1] = (next[length - 1] ?? 0) + 1
  return next
}

function inverted(bytes: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length)
  for (const [at, byte] of bytes.entries()) result[at] = 0xff - byte
  return result
}

/** IEEE 754 sorts as its bits do, once the sign is turned, and all bits of negative numbers. */
function encodeNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9)
  bytes[0] = numberMark
  // -0 equals 0.
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1)
  const first = bytes[1] ?? 0
  if (first < 0x80) bytes[1] = first | 0x80
  else for (let at = 1; at < 9; at += 1) bytes[at] = 0xff - (bytes[at] ?? 0)
  return bytes
}

/** 0 ends a text; 0 and 1 inside of it become 1 1 and 1 2. */
function encodeText(mark: number, text: string, isWhole: boolean): Buffer {
  const bytes = isPlain(text) ? Buffer.from(text) : Buffer.from(escapedUnits(text))
  return Buffer.concat([Buffer.of(mark), bytes, ...(isWhole ? [Buffer.of(0)] : [])])
}

/** Whether UTF-8 sorts a text as it is to be sorted, and nothing in it must be escaped. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 2 || unit >= 0xd800) return false
  }
  return true
}

/**
 * The code units of a text as bytes, surrogates above all others: also for halves of pairs, which UTF-8 cannot hold,
 * this is the order of code points.
 */
function escapedUnits(text: string): number[] {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const rank = unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit
    if (rank < 2) bytes.push(1, rank + 1)
    else if (rank < 0x80) bytes.push(rank)
    else if (rank < 0x800) bytes.push(0xc0 | (rank >> 6), 0x80 | (rank & 0x3f))
    else bytes.push(0xe0 | (rank >> 12), 0x80 | ((rank >> 6) & 0x3f), 0x80 | (rank & 0x3f))
  }
  return bytes
}
