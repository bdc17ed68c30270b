// Runs programs with the real SDK. Loaded by an app: in a worker process, or in the process of the test.
import { setTimeout as sleep } from 'node:timers/promises'
import * as df from 'durable-functions'
import type { Task, TimerTask } from 'durable-functions'
import type { OrchestrationContext } from 'durable-functions'
import {
  alwaysFails,
  boom,
  childPath,
  type Program,
  type ProgramInput,
  programName,
  sharedCounter,
  type Step,
  type TaskStep,
  type WorkInput,
  workKey,
} from './program.ts'
import { leaveTrace } from './traces.ts'

type Running = Generator<Task, unknown, never>

const attempts = new Map<string, number>()
/** So that kills meet work under way; nothing where the test itself says when work ends. */
const workMs = Number(process.env['PROGRAM_WORK_MS'] ?? 0)
/** Where work leaves its traces, so that workers know of each other's attempts. */
const traces = process.env['PROGRAM_TRACE']

df.app.activity('work', {
  handler: async ({ key, value, failures }: WorkInput) => {
    const attempt = traces === undefined ? (attempts.get(key) ?? 0) + 1 : leaveTrace(traces, key)
    attempts.set(key, attempt)
    if (workMs > 0) await sleep(workMs)
    if (attempt <= failures) throw new Error(boom)
    // Tells one run from another: a result once recorded stays that of its run.
    return { value, key, run: crypto.randomUUID() }
  },
})

df.app.entity<number>('counter', (context) => {
  const value = context.df.getState(() => 0) ?? 0
  const input = context.df.getInput<number>() ?? 0
  if (context.df.operationName === 'add') context.df.setState(value + input)
  if (context.df.operationName === 'set') context.df.setState(input)
  if (context.df.operationName === 'addAndGet') context.df.setState(value + input)
  if (context.df.operationName === 'get') context.df.return(value)
  if (context.df.operationName === 'addAndGet') context.df.return(value + input)
})

df.app.orchestration(programName, function* (context): Running {
  const input = context.df.getInput<ProgramInput>()
  const { round = 1, results = [] } = input
  const values = yield* new Interpreter(context, input).run(input.steps)
  if (round < input.rounds) {
    context.df.continueAsNew({ ...input, round: round + 1, results: [...results, values] })
    return undefined
  }
  return [...results, values]
})

class Interpreter {
  readonly #context: OrchestrationContext
  readonly #input: ProgramInput
  readonly #counter: df.EntityId

  constructor(context: OrchestrationContext, input: ProgramInput) {
    this.#context = context
    this.#input = input
    this.#counter = new df.EntityId('counter', input.path)
  }

  *run(steps: readonly Step[]): Generator<Task, unknown[], never> {
    const values: unknown[] = []
    for (const step of steps) values.push(yield* this.#step(step))
    return values
  }

  *#step(step: Step): Running {
    switch (step.do) {
      case 'throw':
        throw new Error(boom)
      case 'signal':
        this.#context.df.signalEntity(this.#counter, 'add', step.by)
        return 'signalled'
      case 'status':
        this.#context.df.setCustomStatus(step.text)
        return step.text
      case 'try':
        return yield* this.#try(step.steps)
      case 'race':
        return yield* this.#race(step.parts)
      case 'inTime':
        return yield* this.#inTime(step.part, step.hours)
      case 'expire':
        return yield* this.#expire(step.ms)
      case 'locked':
        return yield* this.#locked(step.id)
      case 'activity':
      case 'retry':
      case 'fail':
      case 'timer':
      case 'event':
      case 'child':
      case 'badChild':
      case 'call':
      case 'http':
      case 'all': {
        const fireAt = step.do === 'timer' ? this.#after(step.ms) : undefined
        const value = finish(step, yield this.#start(step))
        if (fireAt !== undefined && this.#context.df.currentUtcDateTime < fireAt) return 'too early'
        return value
      }
    }
  }

  *#try(steps: readonly Step[]): Running {
    try {
      return yield* this.run(steps)
    } catch (error) {
      // Nothing but what was meant to fail: the host has to hear of a lock that is refused.
      if (error instanceof Error && error.message.includes(boom)) return 'caught'
      throw error
    }
  }

  *#race(parts: readonly TaskStep[]): Running {
    const tasks = parts.map((part) => this.#start(part))
    const winner: unknown = yield this.#context.df.Task.any(tasks)
    if (!tasks.includes(winner as Task)) throw new Error('no part of the race has won')
    const values: unknown[] = []
    for (const [index, part] of parts.entries()) values.push(finish(part, yield tasks[index] as Task))
    return values
  }

  *#inTime(part: TaskStep, hours: number): Running {
    const timer = this.#context.df.createTimer(this.#after(hours * 3_600_000))
    const task = this.#start(part)
    const winner: unknown = yield this.#context.df.Task.any([task, timer])
    if (winner !== task) return 'too late'
    timer.cancel()
    if (task.isFaulted) throw task.result as Error
    return finish(part, task.result as never)
  }

  *#expire(ms: number): Running {
    const timer: TimerTask = this.#context.df.createTimer(this.#after(ms))
    const never = this.#context.df.waitForExternalEvent('never')
    return (yield this.#context.df.Task.any([never, timer])) === timer ? 'expired' : 'heard'
  }

  *#locked(id: number): Running {
    const shared = new df.EntityId('counter', sharedCounter)
    const lock: { release(): void } = yield this.#context.df.lock(shared)
    const value: number = yield this.#context.df.callEntity(shared, 'get')
    yield this.#work({ id, value, failures: 0 })
    yield this.#context.df.callEntity(shared, 'set', value + 1)
    lock.release()
    return 'locked'
  }

  #start(step: TaskStep): Task {
    switch (step.do) {
      case 'activity':
        return this.#work({ ...step, failures: 0 })
      case 'fail':
        return this.#work({ id: step.id, value: 0, failures: alwaysFails })
      case 'retry':
        return this.#context.df.callActivityWithRetry(
          'work',
          new df.RetryOptions(2, 3),
          this.#workInput(step),
        )
      case 'timer':
        return this.#context.df.createTimer(this.#after(step.ms))
      case 'event':
        return this.#context.df.waitForExternalEvent(step.name)
      case 'child': {
        const { input, instanceId } = this.#child(step)
        return this.#context.df.callSubOrchestrator(programName, input, instanceId)
      }
      case 'badChild': {
        const { input, instanceId } = this.#child(step)
        const options = new df.RetryOptions(2, 2)
        return this.#context.df.callSubOrchestratorWithRetry(programName, options, input, instanceId)
      }
      case 'call':
        return this.#context.df.callEntity(this.#counter, 'addAndGet', step.by)
      case 'http':
        return this.#context.df.callHttp({ method: 'GET', url: `${this.#input.httpUrl}/${step.polls}` })
      case 'all':
        return this.#context.df.Task.all(step.parts.map((part) => this.#start(part)))
    }
  }

  #child(step: Extract<TaskStep, { steps: unknown }>): {
    input: ProgramInput
    instanceId: string | undefined
  } {
    const path = childPath(this.#input.path, step, this.#input.round ?? 1)
    const program: Program = { rounds: 1, steps: step.steps }
    const input = { ...program, path, httpUrl: this.#input.httpUrl }
    return { input, instanceId: step.isNamed ? path : undefined }
  }

  #work(step: { id: number; value: number; failures: number }): Task {
    return this.#context.df.callActivity('work', this.#workInput(step))
  }

  #workInput({ id, value, failures }: { id: number; value: number; failures: number }): WorkInput {
    return { key: workKey(this.#input.path, { id }, this.#input.round ?? 1), value, failures }
  }

  #after(ms: number): Date {
    return new Date(this.#context.df.currentUtcDateTime.getTime() + ms)
  }
}

/** What a task's result says of its step. */
function finish(step: TaskStep, result: unknown): unknown {
  switch (step.do) {
    case 'activity':
    case 'retry':
      return (result as { value: number }).value
    case 'timer':
      return 'fired'
    case 'http':
      return (result as { content: string }).content
    case 'all':
      return step.parts.map((part, index) => finish(part, (result as unknown[])[index]))
    case 'fail':
    case 'event':
    case 'child':
    case 'badChild':
    case 'call':
      return result ?? null
  }
}
