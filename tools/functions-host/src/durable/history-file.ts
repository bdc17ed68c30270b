import { EventType, type HistoryEvent } from './history-event.ts'
import type { HubSettings } from './settings.ts'
import { readValue } from './status-view.ts'
import type { InstanceRow } from './store.ts'

/** The format that is written now. A file of another one is refused: export it anew. */
const historyFormat = 1

/**
 * The history of one orchestration instance, to be kept in a repository as `<title>.history.json` and replayed against later code.
 *
 * Members and events stand in a fixed order, so that two exports differ only where their runs did. Of an instance that has continued
 * as new it is the last generation: those before are gone. Sub-orchestrations are instances with files of their own.
 * Inputs of activities and sub-orchestrations are not in a history, as in Azure.
 */
export interface HistoryFile {
  /** Of this file. */
  readonly formatVersion: number
  /** The app that ran it. */
  readonly appName: string
  readonly orchestratorName: string
  readonly instanceId: string
  readonly executionId: string
  /** That of the orchestration; empty where versions are not in use. */
  readonly version: string
  /** The runtime status at the export: `Running`, `Completed`, ... */
  readonly status: string
  /** For readers; the replay takes that of the events. */
  readonly input: unknown
  readonly settings: {
    /** How long `callHttp` waits before it asks again where the answer does not say, ms. */
    readonly httpPollDelayMs: number
    /** `defaultVersion` of host.json; null where versions are not in use. */
    readonly defaultVersion: string | null
  }
  /** The instances that it has started, each once, in their order. */
  readonly subOrchestrations: readonly { readonly orchestratorName: string; readonly instanceId: string }[]
  /** As the hub has them on disk, episode by episode. */
  readonly events: readonly HistoryEvent[]
}

/** Where the histories of instances lie: the store of a hub. */
export interface HistorySource {
  instance(id: string): InstanceRow | undefined
  history(id: string): readonly string[]
}

/** What of a hub an instance ran under. */
export interface HistoryHub {
  readonly appName: string
  readonly settings: Pick<HubSettings, 'httpPollDelayMs' | 'defaultVersion'>
}

/** Turns an instance into a history file; undefined where there is no such instance. One that has not run yet has no events. */
export function historyFileOf(source: HistorySource, id: string, hub: HistoryHub): HistoryFile | undefined {
  const row = source.instance(id)
  if (row === undefined) return undefined
  const events = source.history(id).map((text) => JSON.parse(text) as HistoryEvent)
  const started = events.find((event) => event.EventType === EventType.executionStarted)
  return {
    formatVersion: historyFormat,
    appName: hub.appName,
    orchestratorName: row.name,
    instanceId: row.instance_id,
    executionId: row.execution_id,
    version: started?.Version ?? '',
    status: row.status,
    input: readValue(started?.Input ?? row.input),
    settings: {
      httpPollDelayMs: hub.settings.httpPollDelayMs,
      defaultVersion: hub.settings.defaultVersion ?? null,
    },
    subOrchestrations: childrenOf(events),
    events,
  }
}

/** The text of a history file: JSON with a line for every member. */
export function writeHistoryFile(file: HistoryFile): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

/** A history file that cannot be used: the message names the file and says what to mend. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError'
}

/** Reads the text of a history file. @throws HistoryFileError naming `title` */
export function readHistoryFile(text: string, title: string): HistoryFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new HistoryFileError(`${title} cannot be read as JSON: ${(error as Error).message}`)
  }
  return checkHistoryFile(value, title)
}

/** Checks that a value is a history file. @throws HistoryFileError naming `title` */
export function checkHistoryFile(value: unknown, title: string): HistoryFile {
  const file = (typeof value === 'object' && value !== null ? value : {}) as Partial<HistoryFile>
  if (file.formatVersion === undefined)
    throw new HistoryFileError(
      `${title} is no history file: it has no "formatVersion". Export one with functions-host durable history.`,
    )
  if (file.formatVersion !== historyFormat)
    throw new HistoryFileError(
      `${title} has format ${String(file.formatVersion)}, this host knows ${historyFormat}: export it anew.`,
    )
  for (const member of ['orchestratorName', 'instanceId'] as const)
    if (typeof file[member] !== 'string')
      throw new HistoryFileError(`${title}: "${member}" must be text. Export the file anew.`)
  if (typeof file.settings?.httpPollDelayMs !== 'number')
    throw new HistoryFileError(`${title}: "settings.httpPollDelayMs" must be a number. Export the file anew.`)
  if (!Array.isArray(file.events) || !file.events.every(isEvent))
    throw new HistoryFileError(
      `${title}: "events" must be a list of events, each with a number as "EventType". Export the file anew.`,
    )
  if (!file.events.some(({ EventType: type }) => type === EventType.executionStarted))
    throw new HistoryFileError(
      `${title}: the instance "${file.instanceId}" had not run when it was exported. Export it once it has.`,
    )
  return file as HistoryFile
}

function isEvent(event: unknown): event is HistoryEvent {
  return typeof (event as Partial<HistoryEvent> | null)?.EventType === 'number'
}

function childrenOf(events: readonly HistoryEvent[]): HistoryFile['subOrchestrations'] {
  const created = events.filter(({ EventType: type }) => type === EventType.subOrchestrationCreated)
  const byId = new Map(created.map(({ Name = '', InstanceId = '' }) => [InstanceId, Name]))
  return [...byId].map(([instanceId, orchestratorName]) => ({ orchestratorName, instanceId }))
}
