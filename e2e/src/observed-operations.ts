import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What an app was seen to do, as `npm start -- --record` and `apps/observed-operations.json` tell it. */
export interface ObservedOperation {
  readonly account: string
  readonly resource: string
  readonly operation: string
}

/** By app; `deployer` is who makes the first tenant. */
export type ObservedOperations = Readonly<Record<string, readonly ObservedOperation[]>>

/** The committed list: what roles are checked against. */
export const observedFile = resolve(import.meta.dirname, '..', '..', 'apps', 'observed-operations.json')

/** Reads a recording or the committed list; of a recording without the counts. */
export function readObserved(file: string): ObservedOperations {
  const apps = JSON.parse(readFileSync(file, 'utf8')) as ObservedOperations
  return Object.fromEntries(
    Object.entries(apps).map(([app, operations]) => [
      app,
      operations.map(({ account, resource, operation }) => ({ account, resource, operation })),
    ]),
  )
}

/** The part of `apps/<app>/manifest.json` that says what an app works with. */
export interface Declaration {
  readonly name: string
  readonly queues: { readonly consumes: readonly string[]; readonly sends: readonly string[] }
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
}

/** Reads the declarations of all apps. */
export function readDeclarations(): readonly Declaration[] {
  return JSON.parse(readFileSync(join(observedFile, '..', 'manifests.json'), 'utf8')) as Declaration[]
}
