import type { CoreState, RegisteredFunction } from './core-module.ts'
import type { LibraryContext } from './plain-context.ts'
import { PlainContexts } from './plain-context.ts'
import type { Invocation } from './protocol.ts'
import { libraryName, sampleArguments } from './sample-arguments.ts'
import { readTriggerMetadata } from './typed-text.ts'

/** Triggers of which everything is text. */
const textTriggers: ReadonlySet<string> = new Set(['orchestrationtrigger', 'activitytrigger'])

/** The functions of an app that get a text and have no other bindings: they go around the library where the outcome is the same. */
export class FastText {
  readonly #contexts: ReadonlyMap<RegisteredFunction, PlainContexts>

  private constructor(contexts: ReadonlyMap<RegisteredFunction, PlainContexts>) {
    this.#contexts = contexts
  }

  /** Has no functions where the app has another library, or a version whose contexts cannot be had this way. */
  static async of({ model, functions }: CoreState): Promise<FastText> {
    const contexts = new Map<RegisteredFunction, PlainContexts>()
    if (model?.name !== libraryName) return new FastText(contexts)
    for (const registered of [...functions.values()].filter(isPlainText)) {
      try {
        const { context } = await sampleArguments(model, registered, { string: '' })
        contexts.set(
          registered,
          new PlainContexts(registered.metadata.name, context as LibraryContext, readTriggerMetadata),
        )
      } catch {
        // The library takes this one.
      }
    }
    return new FastText(contexts)
  }

  /** Makes the contexts of a function for an invocation that is all text; undefined where only the library will do. */
  contextsOf(registered: RegisteredFunction, invocation: Invocation): PlainContexts | undefined {
    const contexts = this.#contexts.get(registered)
    if (contexts === undefined || invocation.retryContext) return undefined
    const [only, ...others] = invocation.inputData
    return only === undefined || others.length > 0 || !isText(only.data) ? undefined : contexts
  }
}

/** Whether data is a text, or nothing at all. */
function isText(data: Invocation['inputData'][number]['data']): boolean {
  return typeof data.string === 'string' || Object.keys(data).length === 0
}

function isPlainText({ metadata: { bindings } }: RegisteredFunction): boolean {
  const [trigger, ...others] = bindings
  return others.length === 0 && textTriggers.has(trigger?.type.toLowerCase() ?? '')
}
