import type { AppSettings } from '../config/app-settings.ts'
import { readAppConfig } from '../config/app-config.ts'
import type { HistoryFile } from '../durable/history-file.ts'
import type { HubSettings } from '../durable/settings.ts'
import { readHubSettings } from '../durable/settings.ts'
import { versionMismatch } from '../durable/version-match.ts'
import { HostError } from '../errors.ts'
import { NonDeterminismError } from './non-determinism-error.ts'
import type { ReplayLook, ReplaySummary } from './replay-file.ts'
import type { FileEnd } from './replay-in-thread.ts'
import { replayInThread } from './replay-in-thread.ts'

/** How the replay of one file ended. */
export type ReplayEnd = { readonly summary: ReplaySummary } | { readonly error: Error }

/** How an app's histories are replayed. */
export interface ReplayAppOptions {
  readonly directory: string
  /** Added to those of local.settings.json. */
  readonly settings: AppSettings
  readonly look: ReplayLook
  /** How long all of it may take, ms. */
  readonly timeoutMs: number
}

/**
 * Replays histories against the code of an app, which is loaded once, into a thread of its own: with the app's settings as environment, and
 * gone afterwards. Answers in the order of the files. @throws HostError when the app cannot be loaded, or does not end
 */
export async function replayApp(
  files: readonly HistoryFile[],
  options: ReplayAppOptions,
): Promise<readonly ReplayEnd[]> {
  const { directory, settings, extensions, customHandler } = readAppConfig(
    options.directory,
    options.settings,
  )
  if (customHandler)
    throw new HostError(`${directory} is a custom handler: no orchestrators in Node are there to replay.`)
  const hub = readHubSettings(extensions['durableTask'])
  const refusals = files.map((file) => refuseVersion(file, hub))
  const run = files.filter((_file, index) => refusals[index] === undefined)
  const ends = await replayInThread(
    { directory, files: run, look: options.look },
    { settings, timeoutMs: options.timeoutMs },
  )
  const next = ends[Symbol.iterator]()
  return refusals.map((error) => (error ? { error } : toReplayEnd(next.next().value as FileEnd)))
}

/** Why an app would not run an instance of this version at all. */
function refuseVersion(
  file: HistoryFile,
  { defaultVersion, versionMatch }: HubSettings,
): HostError | undefined {
  if (defaultVersion === undefined) return undefined
  const mismatch = versionMismatch(versionMatch, { orchestration: file.version, app: defaultVersion })
  return mismatch === undefined
    ? undefined
    : new HostError(
        `${file.orchestratorName} would not replay instance ${file.instanceId}: ${mismatch} Replay it with the app of its version.`,
      )
}

function toReplayEnd(end: FileEnd): ReplayEnd {
  if ('summary' in end) return end
  return { error: 'difference' in end ? new NonDeterminismError(end.difference) : new HostError(end.fault) }
}
