import { connectBlobs } from '../../storage/connections.ts'
import type { TriggerContext } from '../../trigger.ts'
import { BlobTimerStore } from './blob-timer-store.ts'
import { FileTimerStore } from './file-timer-store.ts'
import type { TimerStatus } from './timer-status.ts'

const connection = 'AzureWebJobsStorage'

/** How long the storage may take to answer when the host starts, ms: on a laptop it starts beside the host, where much else does. */
const longestAnswerMs = 15_000

/** Where it is kept when timers ran, and which of several hosts runs them. */
export interface TimerStore {
  /** Undefined when the timer is new, or what is kept cannot be read. */
  readStatus(functionName: string): Promise<TimerStatus | undefined>
  writeStatus(functionName: string, status: TimerStatus): Promise<void>
  /** Waits until this host is the one that runs a timer. Undefined: the signal came first. */
  hold(functionName: string, signal: AbortSignal): Promise<TimerHold | undefined>
}

/** This host is the one that runs a timer. */
export interface TimerHold {
  /** Aborted when another host may run it. */
  readonly lost: AbortSignal
  release(): Promise<void>
}

/** The blobs of AzureWebJobsStorage; where that is not set or does not answer, files of this host alone. */
export async function openTimerStore(context: TriggerContext): Promise<TimerStore> {
  try {
    const service = await connectBlobs(context.config.settings, connection)
    const container = service.getContainerClient('azure-webjobs-hosts')
    await container.createIfNotExists({ abortSignal: AbortSignal.timeout(longestAnswerMs) })
    return new BlobTimerStore(container, context)
  } catch (error) {
    const store = new FileTimerStore(context.stateDirectory)
    context.log(
      'info',
      `Timers keep their status in ${store.directory}, and other hosts are not looked for: ${connection} cannot be used (${(error as Error).message.split('\n')[0]})`,
    )
    return store
  }
}
