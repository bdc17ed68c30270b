import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { AppFunction } from './app-functions.ts'
import { readAppFunctions } from './app-functions.ts'
import { repoRoot } from './repo-root.ts'

interface Declared {
  readonly queues: { readonly sends: readonly string[] }
}

/** `manifest.json` of an app: what its `config.ts` declares, and what it registers. Only in a process of its own. */
export async function describeApp(appName: string): Promise<object> {
  const functions = await readAppFunctions(appName)
  const config = pathToFileURL(join(repoRoot, 'apps', appName, 'src', 'config.ts')).href
  const { app } = (await import(config)) as { app: { manifest: Declared } }
  return {
    ...app.manifest,
    queues: { consumes: consumedQueues(functions), ...app.manifest.queues },
    functions,
  }
}

/** The queues that an app listens to, poison queues among them, in order of names. */
function consumedQueues(functions: readonly AppFunction[]): string[] {
  return functions.flatMap(({ queueName }) => queueName ?? []).toSorted()
}
