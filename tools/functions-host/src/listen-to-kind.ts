import { AppError, HostError } from './errors.ts'
import type { Listener, TriggerContext, TriggeredFunction, TriggerKind } from './trigger.ts'

/** The listener of one kind, and the functions that it is for; no listener where all were left out. */
export interface KindListener {
  readonly functions: readonly TriggeredFunction[]
  readonly listener: Listener | undefined
}

/**
 * Makes the listener of a kind. A function that cannot be indexed (a connection that is not set, a schedule that is none)
 * is named and left out, as in Azure. A listener that others use is there without functions, too.
 * @throws AppError for what stops the real host too
 */
export async function listenToKind(
  kind: TriggerKind,
  functions: readonly TriggeredFunction[],
  context: TriggerContext,
  { isUsed = false } = {},
): Promise<KindListener> {
  if (functions.length === 0 && !isUsed) return { functions, listener: undefined }
  try {
    return { functions, listener: await kind.listen(functions, context) }
  } catch (error) {
    if (!(error instanceof HostError) || error instanceof AppError) throw error
    return listenToSound(kind, functions, { context, error })
  }
}

/** The error tells what is wrong, not with whom: each function is tried alone. */
async function listenToSound(
  kind: TriggerKind,
  functions: readonly TriggeredFunction[],
  { context, error }: { context: TriggerContext; error: HostError },
): Promise<KindListener> {
  const [only, ...others] = functions
  if (only && others.length === 0) {
    context.log('error', `The '${only.metadata.name}' function is in error and left out: ${error.message}`)
    return { functions: [], listener: undefined }
  }
  const alone = await Promise.all(functions.map((target) => listenToKind(kind, [target], context)))
  const sound = alone.flatMap((tried) => tried.functions)
  if (sound.length === functions.length) throw new AppError(error.message)
  return listenToKind(kind, sound, context)
}
