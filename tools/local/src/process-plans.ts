import { join } from 'node:path'

import type { AppManifest } from './app-manifests.ts'
import type { AzuriteWrite } from './azurite-write.ts'
import type { LocalIdentity } from './identity/local-identity.ts'
import type { SupervisedOptions } from './supervised-process.ts'

interface StackFolders {
  readonly root: string
  readonly dataDirectory: string
}

/** How one process of the stack is run; its environment stands above that of the stack. */
export type ProcessPlan = Pick<SupervisedOptions, 'name' | 'script' | 'args' | 'isReady' | 'onMessage'> & {
  readonly env?: Readonly<Record<string, string>>
}

/** Azurite, the real one, with its blobs and queues under `azurite/`. By identity: HTTPS, tokens, and accounts whose keys no app knows. */
export function azuritePlan(
  { root, dataDirectory }: StackFolders,
  ports: ReadonlyMap<string, number>,
  identity: LocalIdentity | undefined,
  onWrite: (write: AzuriteWrite) => void,
): ProcessPlan {
  const location = join(dataDirectory, 'azurite')
  const port = (name: string): string => String(ports.get(name))
  return {
    name: 'azurite',
    script: join(root, 'tools/local/src/azurite-server.ts'),
    args: [
      '--location',
      location,
      '--skipApiVersionCheck',
      '--disableTelemetry',
      '--silent',
      '--blobPort',
      port('blobs'),
      '--queuePort',
      port('queues'),
      '--tablePort',
      port('tables'),
      ...(identity
        ? ['--oauth', 'basic', '--cert', identity.certificatePath, '--key', identity.certificateKeyPath]
        : []),
    ],
    ...(identity ? { env: { AZURITE_ACCOUNTS: identity.storageAccounts } } : {}),
    isReady: (line) => line.startsWith('Azurite Table service is successfully listening'),
    onMessage: (message) => onWrite(message as AzuriteWrite),
  }
}

/** The Cosmos DB emulator: the account of the product and its backup. By identity: HTTPS beside HTTP, and a key that no app knows. */
export function cosmosPlan(
  { root, dataDirectory }: StackFolders,
  ports: ReadonlyMap<string, number>,
  identity: LocalIdentity | undefined,
): ProcessPlan {
  const accounts = [
    ['primary', 'cosmos', 'cosmosHttps'],
    ['replica', 'replica', 'replicaHttps'],
  ].map(([account, ...names]) =>
    [account, ...names.map((name) => ports.get(name)).filter((port) => port !== undefined)].join(':'),
  )
  let readyCount = 0
  return {
    name: 'cosmos',
    script: join(root, 'tools/cosmos-emulator/src/cli.ts'),
    args: [
      'start',
      '--data',
      join(dataDirectory, 'cosmos'),
      ...accounts.flatMap((account) => ['--account', account]),
    ],
    ...(identity ? { env: { COSMOS_EMULATOR_KEY: identity.cosmosKey } } : {}),
    isReady: (line) => {
      if (line.startsWith('Emulator ready:')) readyCount += 1
      return readyCount >= accounts.length
    },
  }
}

/** One Functions host for all apps; each has its own worker process, port and settings file. */
export function hostPlan(
  { root, dataDirectory }: StackFolders,
  apps: readonly AppManifest[],
  ports: ReadonlyMap<string, number>,
  writeSettings: (app: AppManifest) => string,
): ProcessPlan {
  return {
    name: 'host',
    script: join(root, 'tools/functions-host/bin/functions-host.mjs'),
    args: [
      'start',
      '--data',
      join(dataDirectory, 'host'),
      ...apps.flatMap((app) => ['--app', `${app.directory}:${ports.get(app.name)}:${writeSettings(app)}`]),
    ],
    isReady: (line) => line.startsWith('Host ready:'),
  }
}
