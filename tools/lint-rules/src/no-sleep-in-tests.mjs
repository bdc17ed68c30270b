import { KnownTimers } from './known-timers.mjs'
import { ancestorsOf, isNamedIn, nameOf } from './syntax.mjs'

/**
 * A test never waits for the clock of the machine: it waits for what must happen, or moves a clock that it owns. A timer that
 * ends a wait for something else (it rejects, aborts, or is one of several that may resolve) is no sleep.
 */
export const noSleepInTests = {
  create(context) {
    const file = context.filename.slice(context.cwd.length).replaceAll('\\', '/')
    if (!/\.i?test\.tsx?$|\/(test|e2e|test-kit)\//.test(file)) return {}
    const timers = new KnownTimers()
    /** Of `const deferred = Promise.withResolvers()`: what resolves the promise, and where it is declared. */
    const resolvers = []
    return {
      ImportDeclaration: (node) => timers.hear(node),
      VariableDeclarator(node) {
        timers.hear(node)
        if (nameOf(node.init?.callee) === 'Promise.withResolvers') resolvers.push(resolverOf(node))
      },
      CallExpression(node) {
        if (!isSleep(node, timers, resolvers)) return
        context.report({
          node,
          message:
            'A test may not sleep: wait for what must happen (`until`), or move a clock that the test owns.',
        })
      },
    }
  },
}

function isSleep(call, timers, resolvers) {
  const name = nameOf(call.callee)
  const [first, delay] = call.arguments
  switch (timers.kindOf(name)) {
    case 'sleep':
      return !isZero(first)
    case 'timer':
      return !isZero(delay) && resolvesAlone(call, resolvers)
    case 'promisify':
      return timers.kindOf(nameOf(first)) === 'timer'
  }
  // To look at the clock until it has gone on is to sleep.
  if (name === 'until') return /^(Date|performance)\.now$/.test(nameOf(first?.body?.left?.callee))
  // Those of Playwright and of the shell.
  if (name?.endsWith('.waitForTimeout')) return true
  return /(^|\.)(execSync|execFileSync|spawnSync)$/.test(name) && /^\s*sleep\b/.test(textOf(first))
}

/** Whether this timer, and nothing else, resolves a promise. */
function resolvesAlone(timer, resolvers) {
  const [callback] = timer.arguments
  return [...executorsAround(timer), ...resolvers].some(
    ({ resolve, scope, declaration }) =>
      isNamedIn(callback, resolve) && !isNamedIn(scope, resolve, [timer, declaration]),
  )
}

function* executorsAround(node) {
  for (const { type, callee, arguments: [executor] = [] } of ancestorsOf(node)) {
    const resolve = nameOf(executor?.params?.[0])
    if (type === 'NewExpression' && nameOf(callee) === 'Promise' && resolve)
      yield { resolve, scope: executor.body }
  }
}

function resolverOf(declaration) {
  const { id } = declaration
  const own = id.properties?.find(({ key }) => key?.name === 'resolve')
  const [scope] = [...ancestorsOf(declaration)].filter(({ type }) => /^(BlockStatement|Program)$/.test(type))
  return { resolve: id.properties ? nameOf(own?.value) : `${id.name}.resolve`, scope, declaration }
}

/** A wait for nothing is a turn of the event loop. */
function isZero(node) {
  return node === undefined || node.value === 0
}

function textOf(node) {
  return node?.type === 'TemplateLiteral' ? node.quasis[0].value.raw : String(node?.value ?? '')
}
