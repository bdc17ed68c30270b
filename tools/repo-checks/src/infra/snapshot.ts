import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { repoRoot } from '../repo-root.ts'

/** The parameter sets of infra/, each with a committed snapshot. */
export const parameterSets = ['dev', 'prod', 'hardened'] as const
/** Name of a parameter set. */
export type ParameterSet = (typeof parameterSets)[number]

/** A resource that the deployment would make. What is known in Azure alone stays an expression: `[reference('id').clientId]`. */
export interface SnapshotResource {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly location?: string
  readonly kind?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly sku?: Readonly<Record<string, unknown>>
  readonly identity?: {
    readonly type?: string
    readonly userAssignedIdentities?: Readonly<Record<string, unknown>>
  }
  readonly properties?: unknown
}

/** All that one parameter set would make in Azure. */
export interface Snapshot {
  readonly predictedResources: readonly SnapshotResource[]
  readonly outputs?: Readonly<Record<string, unknown>>
}

/** Reads the committed snapshot of a parameter set. */
export function readSnapshot(set: ParameterSet): Snapshot {
  return JSON.parse(
    readFileSync(join(repoRoot, 'infra', 'snapshots', `${set}.snapshot.json`), 'utf8'),
  ) as Snapshot
}

const indexes = new WeakMap<Snapshot, Map<string, SnapshotResource[]>>()

/** Resources of a type, in the order of the snapshot; types differ in case from file to file. */
export function resourcesOf(snapshot: Snapshot, type: string): readonly SnapshotResource[] {
  const index = indexes.get(snapshot) ?? indexByType(snapshot)
  return index.get(type.toLowerCase()) ?? []
}

/** Checks ask hundreds of times for types: the resources are sorted by them once. */
function indexByType(snapshot: Snapshot): Map<string, SnapshotResource[]> {
  const index = new Map<string, SnapshotResource[]>()
  for (const resource of snapshot.predictedResources) {
    const type = resource.type.toLowerCase()
    index.set(type, [...(index.get(type) ?? []), resource])
  }
  indexes.set(snapshot, index)
  return index
}

/** Resources of a type that lie in another one, at any depth. The compiler writes an id and those within it alike. */
export function childrenOf(snapshot: Snapshot, parent: SnapshotResource, type: string): SnapshotResource[] {
  const prefix = `${parent.id}/`
  return resourcesOf(snapshot, type).filter(({ id }) => id.startsWith(prefix))
}

/** Last part of a resource's name: `default/uploads` -> `uploads`. */
export function shortName(resource: SnapshotResource): string {
  return resource.name.slice(resource.name.lastIndexOf('/') + 1)
}

/** Whether an id is another one's, or that of something in it. */
export function isWithin(id: string, scope: string): boolean {
  return `${id.toLowerCase()}/`.startsWith(`${scope.toLowerCase()}/`)
}

/** The value at a path of names and indexes, undefined where there is none. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (found as Readonly<Record<string | number, unknown>> | null | undefined)?.[key],
    value,
  )
}
