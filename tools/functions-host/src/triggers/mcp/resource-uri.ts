import { HostError } from '../../errors.ts'

/** Longest URI that is matched against a template, characters: longer ones would cost the host too much. */
const longestUri = 2048
const parameterPattern = /\{([^{}]+)\}/g

/** Whether a URI holds parameters, as in `notes://{user}/{id}`. */
export function isTemplate(uri: string): boolean {
  return /\{[^{}]+\}/.test(uri)
}

/** Makes the function that gives the parameters' values of a URI, or undefined for a URI that is another. A value ends at `/ ? & #`. @throws HostError for a template that is none */
export function compileTemplate(
  template: string,
  where: string,
): (uri: string) => Record<string, string> | undefined {
  const refuse = (what: string): never => {
    throw new HostError(`${where}: the resource URI "${template}" ${what}.`)
  }
  if (/[{}]/.test(template.replaceAll(parameterPattern, '')) || template.includes('{}'))
    refuse('has unbalanced or empty braces')
  if (template.includes('}{')) refuse('has parameters side by side, which must be separated by text')
  const names = [...template.matchAll(parameterPattern)].map((match) => match[1] ?? '')
  const wrong = names.find((name) => !/^[\w.-]+$/.test(name))
  if (wrong !== undefined)
    refuse(`has the parameter "${wrong}": only letters, digits, "_", "." and "-" may be in it`)
  if (new Set(names.map((name) => name.replaceAll(/[.-]/g, '_'))).size < names.length)
    refuse('has two parameters of one name')
  const source = template
    .split(/\{[^{}]+\}/)
    .map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('([^/?&#]+)')
  const pattern = new RegExp(`^${source}$`, 'i')
  return (uri) => {
    const match = uri.length > longestUri ? null : pattern.exec(uri)
    return match ? Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? ''])) : undefined
  }
}
