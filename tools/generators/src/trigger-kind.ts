import type { Tree } from '@nx/devkit'

import type { AppManifest, Resources } from './app-manifests.ts'
import type { ObservedOperation } from './observed-operations.ts'
import type { AppTest } from './test-file.ts'

/** Options of `nx g trigger`. */
export interface TriggerOptions {
  readonly name: string
  readonly app: string
  readonly kind: 'http' | 'queue' | 'timer' | 'changeFeed'
  /** One sentence that says what the function does. */
  readonly summary?: string
  readonly route?: string
  readonly method?: readonly string[]
  readonly auth?: 'tenant' | 'function' | 'none'
  readonly queue?: string
  readonly container?: string
  readonly schedule?: string
}

/** A trigger that was asked for, and the workspace that it comes into. */
export interface TriggerRequest {
  readonly tree: Tree
  readonly options: TriggerOptions
  readonly summary: string
  /** `countPhotos` for `photos-count`. */
  readonly handlerName: string
  /** The app that gets it. */
  readonly app: AppManifest
  readonly apps: readonly AppManifest[]
  readonly resources: Resources
}

/** What a trigger needs in the places that must know it. */
export interface TriggerPlan {
  /** `photos-count.timer.ts` ends in `timer.ts`. */
  readonly suffix: 'http' | 'queue' | 'timer' | 'changefeed'
  /** Source of the function's file. */
  readonly source: string
  /** What its test does. */
  readonly test: Omit<AppTest, 'app'>
  /** Cells of the table of functions in the app's README. */
  readonly trigger: string
  readonly whenItFails: string
  /** Packages that its file imports. */
  readonly imports: readonly string[]
  /** Declares in `config.ts` what it needs. */
  readonly declare: (config: string) => string
  /** What it does to storage and databases, by way of the host. */
  readonly operations: readonly ObservedOperation[]
  /** Changes outside of the app's folder. */
  readonly changes?: readonly FileChange[]
}

/** A change of one file of the workspace. */
export interface FileChange {
  readonly path: string
  readonly change: (text: string) => string
}

/** A kind of trigger: which options go with it, and what it needs. */
export interface TriggerKind {
  readonly required: readonly (keyof TriggerOptions)[]
  readonly optional: readonly (keyof TriggerOptions)[]
  /** @throws saying what to mend when it cannot be made */
  plan(request: TriggerRequest): TriggerPlan
  /** Another function without which this one is not complete. */
  companion?(request: TriggerRequest): TriggerRequest | undefined
}
