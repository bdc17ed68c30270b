import type { HistoryFile } from '../../../src/durable/history-file.ts'
import { compareHistory, replayableEvents } from '../../../src/history-replay/compare-history.ts'
import { runOrchestrator } from '../../../src/history-replay/run-orchestrator.ts'
import { invoke, registered } from '../core.ts'

/** Replays a history against the code of this process, which it comes from. @throws where they part, with values too */
export async function replayAgain(file: HistoryFile): Promise<void> {
  const orchestrators = {
    names: [...registered.keys()],
    directory: import.meta.dirname,
    call: (name: string, trigger: string) =>
      invoke(name, trigger, file.instanceId).then(
        (value) => ({ ok: true as const, value }),
        (error: Error) => ({ ok: false as const, message: error.message, stack: error.stack ?? '' }),
      ),
  }
  const events = replayableEvents(file)
  const answer = await runOrchestrator(orchestrators, file.orchestratorName, { file, events })
  const { difference } = compareHistory(file, answer, { isStrict: true })
  if (difference === undefined) return
  throw new Error(`${file.instanceId} does not replay: ${JSON.stringify({ difference, events })}`)
}
