import { text } from 'node:stream/consumers'

import type { ContainerClient } from '@azure/storage-blob'

import { isMissing } from '../../storage/create-when-missing.ts'
import type { TriggerContext } from '../../trigger.ts'
import { BlobHold } from './blob-hold.ts'
import { readSingletonSettings } from './singleton-settings.ts'
import type { TimerStatus } from './timer-status.ts'
import { formatTimerStatus, parseTimerStatus } from './timer-status.ts'
import type { TimerHold, TimerStore } from './timer-store.ts'

/** Keeps timers in `azure-webjobs-hosts`, laid out as Azure's host does: all hosts of one id share them, and one runs each. */
export class BlobTimerStore implements TimerStore {
  readonly #container: ContainerClient
  readonly #context: TriggerContext

  constructor(container: ContainerClient, context: TriggerContext) {
    this.#container = container
    this.#context = context
  }

  async readStatus(functionName: string): Promise<TimerStatus | undefined> {
    const blob = this.#container.getBlockBlobClient(this.#statusOf(functionName))
    try {
      const { readableStreamBody } = await blob.download()
      return readableStreamBody && parseTimerStatus(await text(readableStreamBody))
    } catch (error) {
      if (!isMissing(error))
        this.#context.log(
          'warning',
          `The status of the timer ${functionName} (${blob.name}): ${(error as Error).message}`,
        )
      return undefined
    }
  }

  async writeStatus(functionName: string, status: TimerStatus): Promise<void> {
    const json = JSON.stringify(formatTimerStatus(status))
    const headers = { blobHTTPHeaders: { blobContentType: 'application/json' } }
    const blob = this.#container.getBlockBlobClient(this.#statusOf(functionName))
    await blob.upload(json, Buffer.byteLength(json), headers)
  }

  async hold(functionName: string, signal: AbortSignal): Promise<TimerHold | undefined> {
    const { config, instanceName, clock, log } = this.#context
    const settings = readSingletonSettings(config.singleton)
    const name = `locks/${config.hostId}/Host.Functions.${functionName}.Listener`
    const blob = this.#container.getBlockBlobClient(name)
    for (let hasWaited = false; !signal.aborted; hasWaited = true) {
      const hold = await BlobHold.acquire(blob, { leaseId: instanceName, clock, periodMs: settings.periodMs })
      if (hold) return hold
      if (!hasWaited) log('info', `The timer ${functionName} is run by another host (the lease of ${name}).`)
      await clock.poll(settings.pollingMs, signal)
    }
    return undefined
  }

  #statusOf(functionName: string): string {
    return `timers/${this.#context.config.hostId}/Host.Functions.${functionName}/status`
  }
}
