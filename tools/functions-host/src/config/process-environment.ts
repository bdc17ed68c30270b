type Environment = Readonly<Record<string, string | undefined>>

/** What apps in this process have put into its environment, the last one last. */
const layers: Environment[] = []

/** The environment of this process as it is without apps. */
const original = new Map<string, string | undefined>()

/** The environment that apps start from: what other apps of this process have put into it is none of their business. */
export function ownEnvironment(): Environment {
  return { ...process.env, ...Object.fromEntries(original) }
}

/**
 * Puts the settings of an app into the environment of this process; of several apps, the last one counts. Answers how to take them
 * back. What the code of an app has changed by itself stays.
 */
export function enterEnvironment(settings: Environment): () => void {
  const own = ownEnvironment()
  const layer = Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== undefined && value !== own[name]),
  )
  change(layer, () => layers.push(layer))
  return () => {
    if (layers.includes(layer)) change(layer, () => layers.splice(layers.indexOf(layer), 1))
  }
}

/** Changes the layers, and then what the environment says under the names of one of them. */
function change(layer: Environment, act: () => void): void {
  const before = Object.keys(layer).map((name) => [name, valueOf(name)] as const)
  act()
  for (const [name, known] of before) {
    const isTheirs = layers.some((other) => name in other)
    if (process.env[name] === known) {
      if (isTheirs && !original.has(name)) original.set(name, known)
      put(name, valueOf(name))
    }
    if (!isTheirs) original.delete(name)
  }
}

function valueOf(name: string): string | undefined {
  const layer = layers.findLast((other) => name in other)
  if (layer) return layer[name]
  return original.has(name) ? original.get(name) : process.env[name]
}

function put(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
