// Hears which sequence numbers the SDK gives to its tasks. It keeps them to itself; its executor is the only place where they are.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'

/** What a sequence number stands for, in the words of the history. */
export interface Numbered {
  kind: 'activity' | 'subOrchestration' | 'timer' | 'entity'
  /** Of the function or entity; empty for a timer. */
  name: string
  /** The SDK numbers a poll of callHttp ahead; the history knows it only when its timer has fired. */
  isAhead: boolean
}

interface Action {
  constructor: { name: string }
  functionName?: string
  instanceId?: string
  lockSet?: { name: string; key: string }[]
}

interface SdkTask {
  id: number | string | false
  actionObj: Action | 'noOp'
  children?: SdkTask[]
  parent?: SdkTask
}

interface Executor {
  context: { currentLock?: { ownedLocks: { name: string; key: string }[] } }
  sequenceNumber: number
  willContinueAsNew: boolean
  trackOpenTask: (task: SdkTask) => void
  tryResumingUserCode: () => void
  isDoneExecuting: () => boolean
  recordFireAndForgetAction: (action: Action, increment?: number) => void
}

const numbered = new WeakMap<Executor, Map<number, Numbered>>()
const running = new AsyncLocalStorage<{ executor?: Executor }>()

/** What the SDK did in one call of an orchestrator: the numbers that it gave out, and whether its code has come to its end: then it hears no more events. */
export interface SdkRun {
  ids: ReadonlyMap<number, Numbered>
  hasEnded: boolean
}

/** Calls an orchestrator; `onRun` is told what the SDK did in it, whether it throws or not. */
export async function hearSdk<Answer>(
  call: () => Promise<Answer>,
  onRun: (run: SdkRun) => void,
): Promise<Answer> {
  const run: { executor?: Executor } = {}
  try {
    return await running.run(run, call)
  } finally {
    const { executor } = run
    if (executor !== undefined) onRun({ ids: idsOf(executor), hasEnded: executor.isDoneExecuting() })
  }
}

/** To be called once, before any orchestration runs. */
export function listenToSdk(): void {
  const { TaskOrchestrationExecutor } = createRequire(import.meta.url)(
    'durable-functions/lib/src/orchestrations/TaskOrchestrationExecutor.js',
  ) as { TaskOrchestrationExecutor: { prototype: Executor } }
  const { prototype } = TaskOrchestrationExecutor
  const { trackOpenTask, recordFireAndForgetAction, tryResumingUserCode } = prototype
  prototype.tryResumingUserCode = function (this: Executor) {
    const run = running.getStore()
    if (run !== undefined) run.executor = this
    tryResumingUserCode.call(this)
  }
  prototype.trackOpenTask = function (this: Executor, task) {
    if (task.children === undefined && task.id === false) {
      // Before the call: a completion that waits already goes on at once.
      note(this, this.sequenceNumber, describe(task))
    }
    trackOpenTask.call(this, task)
  }
  prototype.recordFireAndForgetAction = function (this: Executor, action, increment = 1) {
    const locked = this.context.currentLock?.ownedLocks ?? []
    for (let offset = 0; offset < increment && !this.willContinueAsNew; offset++) {
      const entity = locked[offset]
      const name = entity === undefined ? (action.instanceId ?? '') : `@${entity.name}@${entity.key}`
      note(this, this.sequenceNumber + offset, { kind: 'entity', name, isAhead: false })
    }
    recordFireAndForgetAction.call(this, action, increment)
  }
}

function idsOf(executor: Executor): Map<number, Numbered> {
  let ids = numbered.get(executor)
  if (ids === undefined) {
    ids = new Map()
    numbered.set(executor, ids)
  }
  return ids
}

function note(executor: Executor, id: number, what: Numbered): void {
  const ids = idsOf(executor)
  if (ids.has(id)) throw new Error(`the SDK gave ${id} out twice`)
  ids.set(id, what)
}

function describe(task: SdkTask): Numbered {
  const { actionObj: action, parent } = task
  if (action === 'noOp') {
    // A retried call: attempt, timer, attempt, timer.
    const isTimer = (parent?.children?.indexOf(task) ?? 0) % 2 === 1
    if (isTimer || parent === undefined) return { kind: 'timer', name: '', isAhead: false }
    return describe({ id: false, actionObj: parent.actionObj })
  }
  switch (action.constructor.name) {
    case 'CallActivityAction':
    case 'CallActivityWithRetryAction':
      return { kind: 'activity', name: action.functionName ?? '', isAhead: false }
    case 'CallHttpAction':
      return { kind: 'activity', name: 'BuiltIn::HttpActivity', isAhead: (parent?.children?.length ?? 0) > 1 }
    case 'CallSubOrchestratorAction':
    case 'CallSubOrchestratorWithRetryAction':
      return { kind: 'subOrchestration', name: action.functionName ?? '', isAhead: false }
    case 'CreateTimerAction':
      return { kind: 'timer', name: '', isAhead: false }
    case 'CallEntityAction':
      return { kind: 'entity', name: action.instanceId ?? '', isAhead: false }
    case 'LockEntitiesAction': {
      const [first] = action.lockSet ?? []
      return {
        kind: 'entity',
        name: first === undefined ? '' : `@${first.name}@${first.key}`,
        isAhead: false,
      }
    }
    default:
      throw new Error(`the SDK has a task of a new kind: ${action.constructor.name}`)
  }
}
