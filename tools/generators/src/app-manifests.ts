import type { Tree } from '@nx/devkit'

/** What the generators read of an app's generated manifest. */
export interface AppManifest {
  readonly name: string
  readonly settings: readonly {
    readonly name: string
    readonly kind: 'value' | 'connection'
    readonly account?: string
    readonly default?: string
  }[]
  readonly functions: readonly {
    readonly name: string
    readonly trigger: string
    readonly route?: string
    readonly methods?: readonly string[]
    readonly queueName?: string
  }[]
}

/** What the generators read of `apps/resources.json`. */
export interface Resources {
  readonly queues: readonly string[]
  readonly cosmosContainers: readonly {
    readonly name: string
    readonly partitionKeyPaths: readonly string[]
  }[]
}

/** The manifests of all function apps, in the order of their names. */
export function readAppManifests(tree: Tree): readonly AppManifest[] {
  return tree
    .children('apps')
    .filter((folder) => tree.exists(`apps/${folder}/host.json`))
    .toSorted()
    .map((folder) => readGenerated<AppManifest>(tree, `apps/${folder}/manifest.json`))
}

/** Every queue and container of the product. */
export function readResources(tree: Tree): Resources {
  return readGenerated<Resources>(tree, 'apps/resources.json')
}

function readGenerated<T>(tree: Tree, path: string): T {
  const text = tree.read(path, 'utf8')
  if (text === null) throw new Error(`${path} is missing. Run \`npm run generate\` first.`)
  return JSON.parse(text) as T
}
