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
/** The longer text that was cut last: a query asks for the words of one text several times. */
let lastLong: { text: string; words: string[] } | undefined

/** The words of a text as they are looked for: without case, accents, endings and the most common words. */
export function wordsOf(text: string): string[] {
  const known = lastLong?.text === text ? lastLong.words : kept.get(text)
  if (known) return known
  const words = cut(text)
  if (text.length > longestKept) lastLong = { text, words }
  else {
    if (kept.size >= mostKept) kept.clear()
    kept.set(text, words)
  }
  return words
}

/** The words of what is looked for; a long phrase does not take the place of the text in which it is looked for. */
function wordsOfPhrase(phrase: string): string[] {
  return phrase.length > longestKept ? cut(phrase) : wordsOf(phrase)
}

function cut(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const stems = new Map<string, string>()
  const stem = (word: string): string => {
    const known = stems.get(word) ?? stemOf(word)
    stems.set(word, known)
    return known
  }
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !stopWords.has(word)).map(stem)
}

/** Whether a text holds the words of a phrase, one after the other. */
export function holdsPhrase(text: string, phrase: string): boolean {
  return countPhrase(wordsOf(text), wordsOfPhrase(phrase), 1) > 0
}

/** What is known of all texts among which one is scored. */
export interface TextStatistics {
  documentCount: number
  totalWordCount: number
  /** How many texts hold a phrase, by phrase. */
  hitCounts: readonly number[]
}

// Of BM25: how soon more of the same word counts no more, and how much long texts are put back.
const saturation = 1.2
const lengthWeight = 0.75

/** How well a text answers to phrases (BM25): 0 where it holds none of them. */
export function textScore(text: string, phrases: readonly string[], statistics: TextStatistics): number {
  const words = wordsOf(text)
  const { documentCount, totalWordCount, hitCounts } = statistics
  const averageLength = totalWordCount / Math.max(documentCount, 1)
  const relativeLength = averageLength === 0 ? 1 : words.length / averageLength
  return phrases.reduce((sum, phrase, index) => {
    const frequency = countPhrase(words, wordsOfPhrase(phrase), Infinity)
    const hits = hitCounts[index] ?? 0
    const rarity = Math.log(1 + Math.max(0, documentCount - hits + 0.5) / (hits + 0.5))
    const damping = saturation * (1 - lengthWeight + lengthWeight * relativeLength)
    return sum + (rarity * frequency * (saturation + 1)) / (frequency + damping)
  }, 0)
}

/** How often words stand in a text one after the other; looks no further than `most`. */
function countPhrase(words: readonly string[], [first, ...rest]: readonly string[], most: number): number {
  if (first === undefined) return 0
  let count = 0
  for (let at = words.indexOf(first); at !== -1 && count < most; at = words.indexOf(first, at + 1))
    if (rest.every((word, offset) => words[at + 1 + offset] === word)) count += 1
  return count
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
