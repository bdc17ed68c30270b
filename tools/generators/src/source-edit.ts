import ts from 'typescript'

/** Adds a text to a list inside the object that `defineApp(...)` is given, making the path to it; no change where it is in there. */
export function addToDescribedList(source: string, path: readonly string[], value: string): string {
  let object = describedObject(source)
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth + 1)
    const found = propertyOf(object, key)
    if (!found) {
      const inner = rest.reduceRight((text, name) => `{ ${name}: ${text} }`, `['${value}']`)
      return insertLast(source, object, `${key}: ${inner}`)
    }
    if (rest.length === 0) return addToList(source, found, value)
    if (!ts.isObjectLiteralExpression(found)) throw unreadable(`"${key}" is no plain object`)
    object = found
  }
  return source
}

/** Adds a setting to the `settings` that `defineApp(...)` is given. */
export function addSetting(source: string, key: string, descriptor: string): string {
  const settings = propertyOf(describedObject(source), 'settings')
  if (!settings || !ts.isObjectLiteralExpression(settings)) throw unreadable('it has no plain "settings"')
  return insertLast(source, settings, `${key}: ${descriptor}`)
}

/** Adds a text to the list that is called so: `const name = [...] as const`. */
export function addToNamedList(source: string, name: string, value: string): string {
  const found = findFirst(parse(source), (node) =>
    ts.isVariableDeclaration(node) && node.name.getText() === name ? node.initializer : undefined,
  )
  if (!found) throw unreadable(`it has no list "${name}"`)
  return addToList(source, ts.isAsExpression(found) ? found.expression : found, value)
}

/** Adds a name to the import of a module. */
export function addImportedName(source: string, module: string, name: string): string {
  const found = findFirst(parse(source), (node) =>
    ts.isImportDeclaration(node) && isOf(node, module) && !node.importClause?.phaseModifier
      ? node.importClause?.namedBindings
      : undefined,
  )
  if (!found) return addImport(source, `import { ${name} } from '${module}'`)
  return addName(source, ts.isNamedImports(found) ? found : undefined, { module, name })
}

/** Imports come first; a new one stands after those of `@jest/...`, or first. */
function addImport(source: string, line: string): string {
  const lines = source.split('\n')
  return lines.toSpliced(lines[0]?.includes("'@jest/") ? 1 : 0, 0, line).join('\n')
}

/** Adds a name to those that are exported from a module: `export { ... } from 'module'`, which must be there. */
export function addExportedName(source: string, module: string, name: string): string {
  const found = findFirst(parse(source), (node) =>
    ts.isExportDeclaration(node) && isOf(node, module) && !node.isTypeOnly ? node.exportClause : undefined,
  )
  return addName(source, found && ts.isNamedExports(found) ? found : undefined, { module, name })
}

function isOf(node: ts.ImportDeclaration | ts.ExportDeclaration, module: string): boolean {
  return node.moduleSpecifier !== undefined && node.moduleSpecifier.getText().slice(1, -1) === module
}

function addName(
  source: string,
  list: ts.NamedImports | ts.NamedExports | undefined,
  { module, name }: { readonly module: string; readonly name: string },
): string {
  if (!list) throw unreadable(`it has no names of ${module}`)
  const names = list.elements.map((element) => element.getText())
  if (names.includes(name)) return source
  const sorted = [...names, name].toSorted((a, b) => a.localeCompare(b, 'en'))
  return `${source.slice(0, list.getStart())}{ ${sorted.join(', ')} }${source.slice(list.getEnd())}`
}

function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true)
}

function describedObject(source: string): ts.ObjectLiteralExpression {
  const found = findFirst(parse(source), (node) =>
    ts.isCallExpression(node) && node.expression.getText() === 'defineApp' ? node.arguments[0] : undefined,
  )
  if (!found || !ts.isObjectLiteralExpression(found)) throw unreadable('it calls no defineApp({ ... })')
  return found
}

function findFirst<T>(node: ts.Node, pick: (node: ts.Node) => T | undefined): T | undefined {
  return pick(node) ?? ts.forEachChild(node, (child) => findFirst(child, pick))
}

function propertyOf(object: ts.ObjectLiteralExpression, key: string): ts.Expression | undefined {
  return object.properties.filter(ts.isPropertyAssignment).find(({ name }) => name.getText() === key)
    ?.initializer
}

function addToList(source: string, list: ts.Expression, value: string): string {
  if (!ts.isArrayLiteralExpression(list)) throw unreadable(`"${list.getText()}" is no plain list`)
  const isThere = list.elements.some((element) => ts.isStringLiteral(element) && element.text === value)
  return isThere ? source : insertLast(source, list, `'${value}'`)
}

function insertLast(
  source: string,
  literal: ts.ObjectLiteralExpression | ts.ArrayLiteralExpression,
  text: string,
): string {
  const elements = ts.isObjectLiteralExpression(literal) ? literal.properties : literal.elements
  const end = elements.at(-1)?.getEnd() ?? literal.getStart() + 1
  return `${source.slice(0, end)}${elements.length > 0 ? ', ' : ' '}${text}${source.slice(end)}`
}

function unreadable(why: string): Error {
  return new Error(`A file does not have the usual shape: ${why}. Mend it, or make the change by hand.`)
}
