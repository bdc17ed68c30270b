import { join } from 'node:path'

import type { AppManifest } from './app-manifests.ts'
import type { AzuriteWrite } from './azurite-write.ts'
import type { SupervisedOptions } from './supervised-process.ts'

interface StackFolders {
  readonly root: string
  readonly dataDirectory: string
}

/** How one process of the stack is run. */
export type ProcessPlan = Pick<SupervisedOptions, 'name' | 'script' | 'args' | 'isReady' | 'onMessage'>

/** Azurite, the real one, with its blobs and queues under `azurite/`. */
export function azuritePlan(
  { root, dataDirectory }: StackFolders,
  ports: ReadonlyMap<string, number>,
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
    ],
    isReady: (line) => line.startsWith('Azurite Table service is successfully listening'),
    onMessage: (message) => onWrite(message as AzuriteWrite),
  }
}

/** The Cosmos DB emulator: the account of the product and its backup. */
export function cosmosPlan(
  { root, dataDirectory }: StackFolders,
  ports: ReadonlyMap<string, number>,
): ProcessPlan {
  const accounts = ['primary:cosmos', 'replica:replica'].map((text) => text.split(':'))
  let readyCount = 0
  return {
    name: 'cosmos',
    script: join(root, 'tools/cosmos-emulator/src/cli.ts'),
    args: [
      'start',
      '--data',
      join(dataDirectory, 'cosmos'),
      ...accounts.flatMap(([account, port = '']) => ['--account', `${account}:${ports.get(port)}`]),
    ],
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
