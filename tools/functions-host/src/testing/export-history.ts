import { writeFileSync } from 'node:fs'

import type { HistoryFile } from '../durable/history-file.ts'
import { writeHistoryFile } from '../durable/history-file.ts'
import { HostError } from '../errors.ts'

/** Where a history comes from, and where it goes. */
export interface ExportHistoryOptions {
  /** The master key, where the host asks for keys. */
  readonly key?: string
  /** Also writes it there, as `<title>.history.json`. */
  readonly file?: string
}

/**
 * Turns an instance of a host that runs, such as a test host, into a history file for `replayHistory`. The instance goes on untouched.
 * Sub-orchestrations are instances of their own: `subOrchestrations` has their ids.
 *
 * @throws HostError where there is no such instance, or the key is wrong
 */
export async function exportHistory(
  host: { readonly url: string },
  instanceId: string,
  { key, file }: ExportHistoryOptions = {},
): Promise<HistoryFile> {
  const path = `/admin/host/durabletask/instances/${encodeURIComponent(instanceId)}/history`
  const answer = await fetch(`${host.url}${path}`, {
    headers: key === undefined ? {} : { 'x-functions-key': key },
  })
  if (answer.status === 404) throw new HostError(`The host at ${host.url} has no instance "${instanceId}".`)
  if (!answer.ok)
    throw new HostError(
      `The host at ${host.url} does not show the history of "${instanceId}": it answers ${answer.status}. Give its master key as "key" where it asks for keys.`,
    )
  const history = (await answer.json()) as HistoryFile
  if (file !== undefined) writeFileSync(file, writeHistoryFile(history))
  return history
}
