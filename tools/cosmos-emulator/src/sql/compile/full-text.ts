// Words too common to be looked for.
const stopWords = new Set(
  (
    'a an and are as at be but by for from had has have he her his i if in into is it its no not of on or our she ' +
    'so such that the their then there these they this to was we were what when which will with you your'
  ).split(' '),
)

// What a query looks for, and short texts, are cut many times: some are kept.
const mostKept = 1000
const longestKept = 2000
const kept = new Map<string, string[]>()

/** The words of a text as they are looked for: without case, accents, endings and the most common words. */
export function wordsOf(text: string): string[] {
  const known = kept.get(text)
  if (known) return known
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const words = (plain.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stopWords.has(word)).map(stemOf)
  if (text.length > longestKept) return words
  if (kept.size >= mostKept) kept.clear()
  kept.set(text, words)
  return words
}

/** Whether a text holds the words of a phrase, one after the other. */
export function holdsPhrase(text: string, phrase: string): boolean {
  const [words, wanted] = [wordsOf(text), wordsOf(phrase)]
  if (wanted.length === 0) return false
  return words.some((_, at) => wanted.every((word, offset) => words[at + offset] === word))
}

const vowel = /[aeiouy]/

/** The stem of an English word: plurals, -ed, -ing and -ly go, so that `Running` and `runs` meet in `run`. */
function stemOf(word: string): string {
  return withoutFinalE(withoutPast(withoutPlural(withoutAdverb(word))))
}

function withoutAdverb(word: string): string {
  return word.length > 5 && word.endsWith('ly') ? word.slice(0, -2) : word
}

function withoutPlural(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2)
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1)
  const isPlural = word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)
  return isPlural ? word.slice(0, -1) : word
}

function withoutPast(word: string): string {
  const [ending] = /(?:ing|ed)$/.exec(word) ?? []
  if (ending === undefined) return word
  const stem = word.slice(0, -ending.length)
  if (stem.length < 2 || !vowel.test(stem)) return word
  // `running` is of `run`, `calling` of `call`.
  return /([^aeiouylsz])\1$/.test(stem) ? stem.slice(0, -1) : stem
}

function withoutFinalE(word: string): string {
  return word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word
}
