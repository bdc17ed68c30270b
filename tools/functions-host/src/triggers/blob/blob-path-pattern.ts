import { HostError } from '../../errors.ts'

/** Where a blob trigger listens: one container, and the names in it that it takes. */
export interface BlobPathPattern {
  readonly container: string
  /** Names in braces, in their order. */
  readonly parameterNames: readonly string[]
  /** What a blob's name gives to each parameter, as much as possible to the first; undefined when it does not match. */
  match(blobName: string): Readonly<Record<string, string>> | undefined
}

interface Token {
  readonly literal?: string
  readonly parameter?: string
}

const containerName = /^(\$root|[a-z0-9](-?[a-z0-9]){2,62})$/
const longestBlobName = 1024

/**
 * Reads `container`, `container/name` or `container/{parameter}.png`; `{{` and `}}` stand for the braces themselves. A path
 * without a blob's name takes every blob of the container. @throws HostError naming the fault; `where` names the function
 */
export function parseBlobPathPattern(path: string, where: string): BlobPathPattern {
  const fail = (fault: string): never => {
    throw new HostError(`${where}: the path "${path}" of its blobTrigger ${fault}`)
  }
  const slash = path.indexOf('/')
  const container = (slash === -1 ? path : path.slice(0, slash)).toLowerCase()
  const blob = slash === -1 ? undefined : path.slice(slash + 1)
  if (container === '' || container.includes('\\') || blob === '')
    fail('must have the form "container/blob".')
  if (container.includes('{')) fail('must name its container without {parameters}.')
  if (container === '$logs')
    fail("names the account's own logs, which trigger nothing. Name another container.")
  if (!containerName.test(container)) fail(`has a container that no account can have: "${container}".`)
  if (blob === undefined) return { container, parameterNames: [], match: () => ({}) }

  const tokens = tokenize(blob, fail)
  const parameterNames = tokens.flatMap(({ parameter }) => parameter ?? [])
  if (parameterNames.length === 0) checkBlobName(tokens.map(({ literal }) => literal).join(''), fail)
  const source = tokens
    .map(({ literal }) => (literal === undefined ? '(.*)' : escapeExpression(literal)))
    .join('')
  const expression = new RegExp(`^${source}$`)
  return {
    container,
    parameterNames,
    match(blobName) {
      const groups = expression.exec(blobName)?.slice(1)
      return groups && Object.fromEntries(parameterNames.map((name, index) => [name, groups[index] ?? '']))
    },
  }
}

function tokenize(text: string, fail: (fault: string) => never): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const brace = text[at]
    if (brace === text[at + 1] && (brace === '{' || brace === '}')) {
      tokens.push({ literal: brace })
      at += 2
    } else if (brace === '}') {
      fail('has a closing brace without an opening one; write "}}" for a brace in the name.')
    } else if (brace === '{') {
      const parameter = /^\{([^{}]*)\}/.exec(text.slice(at))?.[1]
      if (parameter === undefined)
        return fail('has an opening brace without a closing one; write "{{" for a brace in the name.')
      if (!/^[\p{L}_][\p{L}\p{Nd}_]*$/u.test(parameter))
        fail(`has a parameter that is no name: "{${parameter}}". Use letters, digits and "_".`)
      tokens.push({ parameter })
      at += parameter.length + 2
    } else {
      const literal = /^[^{}]+/.exec(text.slice(at))?.[0] ?? ''
      tokens.push({ literal })
      at += literal.length
    }
  }
  return tokens
}

function checkBlobName(name: string, fail: (fault: string) => never): void {
  if (name.length > longestBlobName)
    fail(`is longer than the ${longestBlobName} characters of a blob's name.`)
  if (name.includes('\\')) fail('has a backslash, which no name of a blob has.')
  if (/[./]$/.test(name)) fail('ends with a dot or a slash, as no name of a blob does.')
}

function escapeExpression(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
}
