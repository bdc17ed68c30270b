import { Script, createContext } from 'node:vm'

import { badRequest, messageOf } from '../../errors.ts'

const longestMatchMs = 500
const knownFlags: Record<string, string> = { m: 'm', s: 's', i: 'i', x: '' }
const compiled = new Map<string, RegExp>()
const mostCompiled = 200

// A match goes back over its choices: as often as their number and that of the places to begin allow, in a repeated group without end.
const repeatedGroup = /\)(?:[*+]|\{\d)/
const choice = /[*+?|]|\{\d+,/g
const fewSteps = 1_000_000

const sandbox = createContext({ expression: /a/, text: '', found: false })
const guarded = new Script('found = expression.test(text)')

/** Whether a text matches a regular expression of RegexMatch. @throws ServiceError 400 for a bad pattern, or one that takes too long */
export function isMatch(text: string, pattern: string, modifiers: string): boolean {
  const expression = compile(pattern, modifiers)
  if (isQuick(pattern, text.length)) return expression.test(text)
  Object.assign(sandbox, { expression, text, found: false })
  try {
    guarded.runInContext(sandbox, { timeout: longestMatchMs })
  } catch (error) {
    throw badRequest(`The regular expression took too long: ${messageOf(error)}`)
  }
  return sandbox.found === true
}

/** Whether a match ends soon, whatever the text is; others pay for a run that can be stopped. */
function isQuick(pattern: string, length: number): boolean {
  const choiceCount = pattern.match(choice)?.length ?? 0
  return choiceCount === 0 || (!repeatedGroup.test(pattern) && (length + 1) ** (choiceCount + 1) <= fewSteps)
}

function compile(pattern: string, modifiers: string): RegExp {
  const key = `${modifiers}/${pattern}`
  const known = compiled.get(key)
  if (known) return known
  const flags = [...new Set(modifiers)].map((modifier) => {
    const flag = knownFlags[modifier]
    if (flag === undefined) throw badRequest(`The modifier '${modifier}' of RegexMatch is not known.`)
    return flag
  })
  const body = modifiers.includes('x') ? pattern.replace(/(?<!\\)\s+|(?<!\\)#[^\n]*/g, '') : pattern
  try {
    const expression = new RegExp(body, `${flags.join('')}`)
    if (compiled.size >= mostCompiled) compiled.clear()
    compiled.set(key, expression)
    return expression
  } catch (error) {
    throw badRequest(`The regular expression '${pattern}' is invalid: ${messageOf(error)}`)
  }
}
