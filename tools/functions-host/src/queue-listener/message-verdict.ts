import type { QueueSettings } from './queue-settings.ts'

/** How a try ended: `lost` when its worker died, and nobody knows whose fault that was. */
export type TryOutcome = 'succeeded' | 'failed' | 'lost'

/** What becomes of a message after a try. `leave`: it stays hidden until its time is up. `runAlone`: once more, with nothing beside it. */
export type MessageVerdict = 'delete' | 'poison' | 'leave' | 'giveBack' | 'retryLater' | 'runAlone'

/** What is known of a message when its fate is decided. */
export interface MessageState {
  /** Times that it was taken from the queue, this one counted. */
  readonly dequeueCount: number
  readonly hasPoisonQueue: boolean
}

/** Whether a message that was just taken is poison already: too many tries ended without a word of theirs. */
export function isPoison(
  { dequeueCount, hasPoisonQueue }: MessageState,
  { maxDequeueCount }: Pick<QueueSettings, 'maxDequeueCount'>,
): boolean {
  return hasPoisonQueue && dequeueCount > maxDequeueCount
}

/** Decides what becomes of a message after a try. */
export function verdictOn(
  outcome: TryOutcome,
  { dequeueCount, hasPoisonQueue }: MessageState,
  { maxDequeueCount }: Pick<QueueSettings, 'maxDequeueCount'>,
): MessageVerdict {
  if (outcome === 'succeeded') return 'delete'
  const isLastTry = dequeueCount >= maxDequeueCount
  // Hidden, it comes again after a while: given back at once it would go round without end.
  if (!hasPoisonQueue) return outcome === 'lost' && !isLastTry ? 'giveBack' : 'leave'
  if (outcome === 'lost') return isLastTry ? 'runAlone' : 'giveBack'
  return isLastTry ? 'poison' : 'retryLater'
}
