import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { AppFunction } from './app-functions.ts'
import { readAppFunctions } from './app-functions.ts'
import { repoRoot } from './repo-root.ts'

interface Declared {
  readonly queues: { readonly sends: readonly string[] }
  readonly metrics: readonly string[]
}

/** `manifest.json` of an app: what its `config.ts` declares, and what it registers. Only in a process of its own. */
export async function describeApp(appName: string): Promise<object> {
  const functions = await readAppFunctions(appName)
  const { app } = (await load('apps', appName, 'src', 'config.ts')) as { app: { manifest: Declared } }
  const { queueMetricsOf } = (await load('libs', 'app-kit', 'src', 'index.ts')) as {
    queueMetricsOf: (queueNames: readonly string[]) => string[]
  }
  const consumes = consumedQueues(functions)
  return {
    ...app.manifest,
    queues: { consumes, ...app.manifest.queues },
    metrics: [...app.manifest.metrics, ...queueMetricsOf(consumes)],
    functions,
  }
}

/** A module of the product, which no tool depends on. */
function load(...path: readonly string[]): Promise<unknown> {
  return import(pathToFileURL(join(repoRoot, ...path)).href)
}

/** The queues that an app listens to, poison queues among them, in order of names. */
function consumedQueues(functions: readonly AppFunction[]): string[] {
  return functions.flatMap(({ queueName }) => queueName ?? []).toSorted()
}
