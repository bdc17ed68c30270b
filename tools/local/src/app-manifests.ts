import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import type { ConnectedAccount } from './connection-settings.ts'
import type { WakeSource } from './storage-events.ts'

/** What the local stack needs to know of a function app: the part of `apps/<app>/manifest.json` that it reads. */
export interface AppManifest {
  readonly name: string
  readonly directory: string
  /** Settings that it declares: values with their defaults, connections with the account that they lead to. */
  readonly settings: readonly DeclaredSetting[]
  /** Queues that it listens to. */
  readonly consumes: readonly string[]
  /** Containers whose blobs trigger functions of it. */
  readonly triggeringContainers: readonly string[]
}

interface DeclaredSetting {
  readonly name: string
  readonly default?: string
  readonly account?: Exclude<ConnectedAccount, 'host-storage'>
}

interface ManifestFile {
  readonly name: string
  readonly settings?: readonly DeclaredSetting[]
  readonly queues?: { readonly consumes?: readonly string[] }
  readonly blobContainers?: { readonly triggers?: readonly string[] }
}

/** Reads the manifest of every function app in a folder of apps (`apps`, or the unpacked packages), in the order of their names. */
export function readAppManifests(apps: string): readonly AppManifest[] {
  return readdirSync(apps)
    .toSorted()
    .map((folder) => join(apps, folder))
    .filter((directory) => existsSync(join(directory, 'manifest.json')))
    .map((directory) => {
      const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as ManifestFile
      return {
        name: manifest.name,
        directory,
        settings: manifest.settings ?? [],
        consumes: manifest.queues?.consumes ?? [],
        triggeringContainers: manifest.blobContainers?.triggers ?? [],
      }
    })
}

/** Whether an app has a listener for this queue, or for blobs of this container. */
export function listensTo(app: AppManifest, source: WakeSource): boolean {
  return 'queue' in source
    ? app.consumes.includes(source.queue)
    : app.triggeringContainers.includes(source.container)
}
