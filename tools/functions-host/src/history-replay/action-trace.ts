import { createRequire } from 'node:module'
import { join } from 'node:path'

import type { Action } from '../durable/action.ts'
import type { CodePlace } from './code-place.ts'
import { placeInCode } from './code-place.ts'

/** What is used of a task of durable-functions 3. */
interface SdkTask {
  /** Its sequence number, once it is scheduled; the name of an event; false before. */
  readonly id: unknown
  readonly actionObj?: object
  readonly parent?: SdkTask
}

/** What holds a stack. */
interface Stack {
  readonly stack: string
}

type Method = (...given: unknown[]) => unknown

/** What is used of the executor of durable-functions 3. */
interface SdkExecutor {
  readonly sequenceNumber: number
  readonly currentTask?: SdkTask
  /** What the code threw. */
  readonly exception?: unknown
  trackOpenTask(task: SdkTask): void
  recordFireAndForgetAction(action: object, count?: number): void
  addToActions(action: object): void
}

interface SdkContext extends Record<string, unknown> {
  readonly taskOrchestratorExecutor: SdkExecutor
  readonly Task: Record<string, unknown>
}

/** What of the context makes actions. */
const makers = [
  'callActivity',
  'callActivityWithRetry',
  'callEntity',
  'callHttp',
  'callSubOrchestrator',
  'callSubOrchestratorWithRetry',
  'continueAsNew',
  'createTimer',
  'lock',
  'signalEntity',
  'waitForExternalEvent',
]

/** What the functions make that registering an activity or an orchestration gives: no method of the context is called for them. */
const registeredActions = [
  'CallActivityAction',
  'CallActivityWithRetryAction',
  'CallSubOrchestratorAction',
  'CallSubOrchestratorWithRetryAction',
]

/** How deep the app's code may lie under its libraries. */
const stackDepth = 50

/** Notes where the app's code makes its actions, during one run of an orchestrator. Knows the insides of durable-functions 3. */
export class ActionTrace {
  /** Text is made of a stack only where somebody asks for it: that costs far more than to keep it. */
  readonly #stacks = new Map<object, Stack>()
  readonly #scheduled = new Map<number, SdkTask>()
  #executor: SdkExecutor | undefined
  #making: Stack | undefined

  /** Has the SDK's context, once it is there, tell what is made of it. */
  watch(invocationContext: object): void {
    let df: unknown
    Object.defineProperty(invocationContext, 'df', {
      configurable: true,
      enumerable: true,
      get: () => df,
      set: (context: SdkContext) => {
        df = context
        this.#follow(context)
      },
    })
  }

  /**
   * Watches the actions that are made by functions which registering gives, of the library that code in `directory` resolves; a bundle has
   * them inside, and they stay unknown. Ends when what it answers is disposed.
   */
  watchLibrary(directory: string): Disposable {
    const require = createRequire(join(directory, 'package.json'))
    const undo: (() => void)[] = []
    for (const name of registeredActions) {
      const library = load(require, `durable-functions/lib/src/actions/${name}.js`)
      const original = library?.[name]
      if (!library || !original) continue
      library[name] = this.#traced(original)
      undo.push(() => (library[name] = original))
    }
    return { [Symbol.dispose]: () => undo.forEach((each) => each()) }
  }

  /** Where the action was made that has this sequence number. */
  placeOf(id: number): CodePlace | undefined {
    return this.#placeOfTask(this.#scheduled.get(id))
  }

  /** Where the last action was made. */
  get lastPlace(): CodePlace | undefined {
    for (const { stack } of [...this.#stacks.values()].toReversed()) {
      const place = placeInCode(stack)
      if (place) return place
    }
    return undefined
  }

  /** Where the code threw what it failed with. */
  get thrownPlace(): CodePlace | undefined {
    const { exception } = this.#executor ?? {}
    return exception instanceof Error || isWithStack(exception)
      ? placeInCode(String(exception.stack))
      : undefined
  }

  /** What the code waits for, and where it was made. */
  get awaited(): { readonly action: Action; readonly place: CodePlace | undefined } | undefined {
    const task = this.#executor?.currentTask
    return task?.actionObj && { action: task.actionObj as Action, place: this.#placeOfTask(task) }
  }

  #follow(context: SdkContext): void {
    const executor = context.taskOrchestratorExecutor
    this.#executor = executor
    for (const name of makers) this.#wrap(context, name)
    for (const name of ['all', 'any']) this.#wrap(context.Task, name)
    const track = executor.trackOpenTask.bind(executor)
    executor.trackOpenTask = (task) => {
      track(task)
      if (typeof task.id === 'number') this.#scheduled.set(task.id, task)
    }
    const record = executor.recordFireAndForgetAction.bind(executor)
    executor.recordFireAndForgetAction = (action, count = 1) => {
      const first = executor.sequenceNumber
      record(action, count)
      this.#noteMaking(action)
      for (let id = first; id < first + count; id += 1) this.#scheduled.set(id, { id, actionObj: action })
    }
    const add = executor.addToActions.bind(executor)
    executor.addToActions = (action) => {
      add(action)
      this.#noteMaking(action)
    }
  }

  /** Has a method note where it was called, for the action that comes of it. */
  #wrap(owner: Record<string, unknown>, name: string): void {
    const original = owner[name]
    if (typeof original !== 'function') return
    const traced: Method = (...given) => {
      const stack = stackBehind(traced)
      const outer = this.#making
      this.#making = stack
      try {
        const task = (original as Method).apply(owner, given) as SdkTask | undefined
        if (task?.actionObj) this.#note(task.actionObj, stack)
        return task
      } finally {
        this.#making = outer
      }
    }
    owner[name] = traced
  }

  #traced(original: new (...given: never[]) => object): new (...given: never[]) => object {
    const note = (action: object): void => this.#note(action, stackBehind(note))
    return class extends original {
      constructor(...given: never[]) {
        super(...given)
        note(this)
      }
    }
  }

  #noteMaking(action: object): void {
    if (this.#making !== undefined) this.#note(action, this.#making)
  }

  #note(action: object, stack: Stack): void {
    if (!this.#stacks.has(action)) this.#stacks.set(action, stack)
  }

  /** What the library makes on its own, such as the next attempt of a retry, belongs to the task that asked for it. */
  #placeOfTask(task: SdkTask | undefined): CodePlace | undefined {
    for (let each = task; each !== undefined; each = each.parent) {
      const made = each.actionObj && this.#stacks.get(each.actionObj)
      const place = made && placeInCode(made.stack)
      if (place) return place
    }
    return undefined
  }
}

function stackBehind(callee: (...given: never[]) => unknown): Stack {
  const depth = Error.stackTraceLimit
  Error.stackTraceLimit = stackDepth
  const holder = { stack: '' }
  Error.captureStackTrace(holder, callee)
  Error.stackTraceLimit = depth
  return holder
}

function isWithStack(thrown: unknown): thrown is { readonly stack: unknown } {
  return typeof thrown === 'object' && thrown !== null && 'stack' in thrown
}

function load(
  require: NodeJS.Require,
  path: string,
): Record<string, (new (...given: never[]) => object) | undefined> | undefined {
  try {
    return require(path) as Record<string, (new (...given: never[]) => object) | undefined>
  } catch {
    return undefined
  }
}
