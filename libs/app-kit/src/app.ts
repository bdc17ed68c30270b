import type { InvocationContext } from '@azure/functions'
import type {
  AccountName,
  BlobContainerName,
  CosmosContainerName,
  MetricName,
  QueueName,
} from '@zoetrope/contracts'

import type { RecordMetric } from './metric.ts'
import { metricRecorder } from './metric.ts'
import type { Setting, SettingValues } from './settings.ts'
import { loadSettings } from './settings.ts'

/**
 * What an app needs, as plain data: the local stack, the infra checks and the docs read it, never the app's code. What it
 * registers (functions, and with them the queues that it listens to) is added where `manifest.json` is made.
 */
export interface AppManifest {
  readonly name: string
  readonly settings: readonly {
    readonly name: string
    readonly kind: 'value' | 'connection'
    readonly account?: AccountName
    readonly help: string
    readonly isSecret: boolean
    readonly default?: string
  }[]
  readonly queues: { readonly sends: readonly string[] }
  readonly blobContainers: {
    readonly reads: readonly string[]
    readonly writes: readonly string[]
    readonly signs: readonly string[]
  }
  readonly cosmosContainers: {
    readonly reads: readonly string[]
    readonly writes: readonly string[]
    readonly replicates: readonly string[]
  }
  /** Metrics that its own code records. */
  readonly metrics: readonly MetricName[]
}

/** Description of an app, in its `config.ts`. */
export interface AppDescription<S extends Record<string, Setting<unknown>>, M extends MetricName = never> {
  readonly name: string
  readonly settings: S
  readonly queues?: { readonly sends?: readonly QueueName[] }
  readonly blobContainers?: {
    readonly reads?: readonly BlobContainerName[]
    readonly writes?: readonly BlobContainerName[]
    /** Containers for whose blobs it makes SAS. */
    readonly signs?: readonly BlobContainerName[]
  }
  readonly cosmosContainers?: {
    readonly reads?: readonly CosmosContainerName[]
    readonly writes?: readonly CosmosContainerName[]
    /** Containers that it writes in the replica account. */
    readonly replicates?: readonly CosmosContainerName[]
  }
  /** Metrics that its own code records; the edge adds those of its queues. */
  readonly metrics?: readonly M[]
}

/** An app: its name, its manifest, and its settings, read once. */
export interface App<S extends Record<string, Setting<unknown>>, M extends MetricName = never> {
  readonly name: string
  readonly manifest: AppManifest
  /** The settings of this process. @throws SETTINGS_INVALID naming everything that is wrong */
  load(): SettingValues<S>
  /** One setting alone, for a script that needs no other. @throws SETTINGS_INVALID */
  read<K extends keyof S>(key: K): SettingValues<S>[K]
  /** Records metrics of one invocation. */
  recorder(context: InvocationContext): RecordMetric<M>
}

/** Describes an app. No side effects: settings are read at the first `load()`. */
export function defineApp<S extends Record<string, Setting<unknown>>, M extends MetricName = never>(
  description: AppDescription<S, M>,
): App<S, M> {
  let values: SettingValues<S> | undefined
  const metrics = description.metrics ?? []
  return {
    name: description.name,
    manifest: {
      name: description.name,
      settings: Object.values(description.settings).map(
        ({ name, kind, account, help, isSecret, defaultText }) => ({
          name,
          kind,
          ...(account === undefined ? {} : { account }),
          help,
          isSecret,
          ...(defaultText === undefined ? {} : { default: defaultText }),
        }),
      ),
      queues: { sends: [], ...description.queues },
      blobContainers: { reads: [], writes: [], signs: [], ...description.blobContainers },
      cosmosContainers: { reads: [], writes: [], replicates: [], ...description.cosmosContainers },
      metrics,
    },
    load: () => (values ??= loadSettings(description.settings)),
    recorder: (context) => metricRecorder(metrics, context),
    read: (key) =>
      loadSettings({ [key]: description.settings[key] } as unknown as Pick<S, typeof key>)[
        key
      ] as SettingValues<S>[typeof key],
  }
}
