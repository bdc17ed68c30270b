/**
 * A number as .NET's JSON library writes it again: whole ones as they stand, others as doubles that show that they are
 * (`1.0`, `1E+15`).
 */
export function writeNumber(literal: string): string {
  if (/^-?\d+$/.test(literal)) return literal
  const value = Number(literal)
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  const isLong = value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-4)
  if (!isLong) return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits}E${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`
}

/** A string as .NET's JSON library writes it: some line separators are escaped. */
export function writeString(value: string): string {
  return JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** JSON text of a value as .NET's JSON library writes it again, once it has read what JavaScript wrote. */
export function writeValue(value: unknown): string | undefined {
  const text = JSON.stringify(value)
  // Nearly all texts are the same in both.
  if (text === undefined || !/[\u0085\u2028\u2029]|\d[eE][+-]?\d/.test(text)) return text
  return rewrite(JSON.parse(text))
}

function rewrite(value: unknown): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(String(value))
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(rewrite).join(',')}]`
  const members = Object.entries(value).map(([name, member]) => `${writeString(name)}:${rewrite(member)}`)
  return `{${members.join(',')}}`
}
