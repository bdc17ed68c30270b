import { Command } from 'commander'

import type { HistoryFile } from '../durable/history-file.ts'
import { HistoryFileError } from '../durable/history-file.ts'
import { HostError } from '../errors.ts'
import { NonDeterminismError } from '../history-replay/non-determinism-error.ts'
import type { ReplayEnd } from '../history-replay/replay-app.ts'
import { replayApp } from '../history-replay/replay-app.ts'
import type { ReplaySummary } from '../history-replay/replay-file.ts'
import { readHistory } from '../testing/replay-history.ts'
import { parseCount } from './durable-flags.ts'

interface ReplayFlags {
  readonly app: string
  readonly strict?: boolean
  /** Seconds. */
  readonly timeout: number
  readonly json?: boolean
}

/** `durable replay`: history files against today's code. A line for each; exit code 1 when one would not replay. */
export function durableReplay(): Command {
  return new Command('replay')
    .description("replay history files against today's code of an app: would instances that run go on?")
    .argument('<files...>', 'history files, as `durable history` writes them')
    .option('--app <DIR>', 'folder of the app; no host has to run', '.')
    .option('--strict', 'compare dates of timers, inputs of entities and outputs too')
    .option('--timeout <seconds>', 'how long all of it may take', parseCount, 60)
    .option('--json', 'answer in JSON, for programs')
    .exitOverride()
    .action((paths: string[], flags: ReplayFlags) => replayFiles(paths, flags))
}

async function replayFiles(paths: readonly string[], flags: ReplayFlags): Promise<void> {
  const ends = await replayApp(
    paths.map((path) => readForCommand(path)),
    {
      directory: flags.app,
      settings: {},
      look: { isStrict: flags.strict === true },
      timeoutMs: flags.timeout * 1000,
    },
  )
  if (ends.some((end) => 'error' in end)) process.exitCode = 1
  const named = ends.map((end, index) => ({ path: paths[index] ?? '', end }))
  if (flags.json) return console.log(JSON.stringify(named.map(toJson)))
  for (const { path, end } of named) {
    if ('error' in end) console.error(`${path}: ${end.error.message}`)
    else console.log(`${path}: ${describe(end.summary)}`)
  }
}

function toJson({ path, end }: { readonly path: string; readonly end: ReplayEnd }): object {
  if ('summary' in end) return { file: path, replays: true, ...end.summary }
  const { error } = end
  const { message } = error
  if (!(error instanceof NonDeterminismError)) return { file: path, replays: false, message }
  const { orchestratorName, instanceId, episode, recorded, now, place } = error
  return { file: path, replays: false, message, orchestratorName, instanceId, episode, recorded, now, place }
}

function describe({ orchestratorName, episodes, actions }: ReplaySummary): string {
  return `${orchestratorName} replays (${count(episodes, 'episode')}, ${count(actions, 'action')}).`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** @throws HostError for a file that is none */
function readForCommand(path: string): HistoryFile {
  try {
    return readHistory(path)
  } catch (error) {
    if (error instanceof HistoryFileError) throw new HostError(error.message)
    throw error
  }
}
