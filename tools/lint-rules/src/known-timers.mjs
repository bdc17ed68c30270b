/** What the exports of a module do: `sleep` (a promise), `timer` (a call back), `promisify`. */
const modules = {
  'timers/promises': { setTimeout: 'sleep', setInterval: 'sleep', 'scheduler.wait': 'sleep' },
  timers: {
    setTimeout: 'timer',
    'promises.setTimeout': 'sleep',
    'promises.setInterval': 'sleep',
    'promises.scheduler.wait': 'sleep',
  },
  util: { promisify: 'promisify' },
}

const globals = {
  setTimeout: 'timer',
  'globalThis.setTimeout': 'timer',
  'Bun.sleep': 'sleep',
  'Bun.sleepSync': 'sleep',
  'Atomics.wait': 'sleep',
  'Atomics.waitAsync': 'sleep',
}

/** The timers of a file by the dotted names that it calls them by; `hear` reads its imports. */
export class KnownTimers {
  #kinds = new Map(Object.entries(globals))

  kindOf(name) {
    return this.#kinds.get(name)
  }

  /** An `ImportDeclaration`, or a `VariableDeclarator` that may hold a module that was loaded. */
  hear(node) {
    if (node.type === 'ImportDeclaration')
      for (const { imported, local } of node.specifiers)
        // The default export of these modules is all of them.
        this.#add(node.source, imported?.name === 'default' ? undefined : imported?.name, local.name)
    else if (node.id.type === 'Identifier') this.#add(loadedBy(node.init), undefined, node.id.name)
    else if (node.id.type === 'ObjectPattern')
      for (const { key, value } of node.id.properties)
        if (key?.name && value?.name) this.#add(loadedBy(node.init), key.name, value.name)
  }

  /** One export of a module has this local name; all of them, when none is named. */
  #add(source, exported, local) {
    const exports = modules[String(source?.value).replace(/^node:/, '')] ?? {}
    for (const [name, kind] of Object.entries(exports)) {
      if (exported === undefined) this.#kinds.set(`${local}.${name}`, kind)
      else if (name === exported || name.startsWith(`${exported}.`))
        this.#kinds.set(local + name.slice(exported.length), kind)
    }
  }
}

/** The name in `await import('name')` and `require('name')`. */
function loadedBy(node) {
  if (node?.type === 'AwaitExpression') return loadedBy(node.argument)
  if (node?.type === 'ImportExpression') return node.source
  if (node?.type === 'CallExpression' && node.callee.name === 'require') return node.arguments[0]
  return undefined
}
