import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { AppSettings } from '../config/app-settings.ts'
import {
  checkHistoryFile,
  type HistoryFile,
  HistoryFileError,
  readHistoryFile,
} from '../durable/history-file.ts'
import type { OrchestratorCode } from '../history-replay/given-orchestrators.ts'
import { giveOrchestrators } from '../history-replay/given-orchestrators.ts'
import { NonDeterminismError } from '../history-replay/non-determinism-error.ts'
import { replayApp } from '../history-replay/replay-app.ts'
import type { ReplaySummary } from '../history-replay/replay-file.ts'
import { replayFile } from '../history-replay/replay-file.ts'

/** Today's code, and how close to look. */
export interface ReplayHistoryOptions {
  /**
   * The folder of the app, with its host.json: it is loaded as the host does, into a thread of its own that is gone afterwards. With
   * `functions`, where their durable-functions is; by default the working directory.
   */
  readonly directory?: string
  /** Added to those of local.settings.json. */
  readonly settings?: AppSettings
  /** Orchestrators by their names, as they are given to `df.app.orchestration`, in place of a whole app; they run in the caller's thread. */
  readonly functions?: Readonly<Record<string, OrchestratorCode>>
  /**
   * Whether dates of timers, inputs of entities and the output must be the same too, which Azure does not notice. Inputs of activities and
   * sub-orchestrations are in no history.
   */
  readonly strict?: boolean
  /** How long loading and replaying an app may take, ms; a minute by default. */
  readonly timeoutMs?: number
}

const usualTimeoutMs = 60_000

/**
 * Replays a stored history against today's code of its orchestrator, as a host does with instances that run when a new version is deployed.
 *
 * `history`: the path of a history file, or what `exportHistory` gives. Compared are kind, name, order and number of
 * actions, ids of sub-orchestrations, targets and operations of entities, and how it ends. Of an instance that has continued as
 * new, the last generation is there; each sub-orchestration has a history of its own.
 *
 * @throws NonDeterminismError naming the first action that differs and the line that makes it
 * @throws HistoryFileError where the file is none
 * @throws HostError where the app cannot be loaded or has no such orchestrator
 */
export async function replayHistory(
  history: string | HistoryFile,
  {
    directory,
    settings = {},
    functions,
    strict = false,
    timeoutMs = usualTimeoutMs,
  }: ReplayHistoryOptions = {},
): Promise<ReplaySummary> {
  const file = typeof history === 'string' ? readHistory(history) : checkHistoryFile(history, 'The history')
  const look = { isStrict: strict }
  if (functions) {
    const result = await replayFile(file, giveOrchestrators(functions, resolve(directory ?? '.')), look)
    if ('difference' in result) throw new NonDeterminismError(result.difference)
    return result.summary
  }
  const [end] = await replayApp([file], { directory: directory ?? '.', settings, look, timeoutMs })
  if (end === undefined) throw new Error(`Nothing came of the replay of ${file.instanceId}.`)
  if ('error' in end) throw end.error
  return end.summary
}

/** Reads a file. @throws HistoryFileError */
export function readHistory(path: string): HistoryFile {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new HistoryFileError(`${path} cannot be read: ${(error as Error).message}`)
  }
  return readHistoryFile(text, path)
}
