// The program of the sandbox's process. It speaks over its standard input and output and never comes to an event loop while a script runs.
import vm from 'node:vm'
import type { Context } from 'node:vm'
import { Worker } from 'node:worker_threads'

import { ChannelClosed, FrameChannel } from './frame-channel.ts'
import type {
  CallResult,
  CollectionCall,
  Maybe,
  Order,
  Reply,
  ScriptEnd,
  ScriptFailure,
  ScriptJob,
} from './messages.ts'
import { installScriptApi } from './script-api.ts'
import type { ScriptApi } from './script-api.ts'
import { installExchange } from './script-exchange.ts'
import { installLanguage } from './script-language.ts'
import { installQueries } from './script-queries.ts'

interface SandboxedScript {
  api: ScriptApi
  main: unknown
  context: Context
}

const install = new vm.Script(`(() => {
  'use strict'
  const language = (${String(installLanguage)})()
  const openExchange = (${String(installExchange)})(language.errorOf)
  return (${String(installScriptApi)})(language, openExchange, ${String(installQueries)})
})()`)
/** Evaluating anything in a context runs the promise reactions that wait there. */
const drain = new vm.Script('0')
const channel = new FrameChannel(0, 1)
let session = -1
let functions = new Map<string, SandboxedScript | ScriptFailure>()

watchEmulator()
closeDoors()
reply({ kind: 'ready' })
await serve()

/** Answers orders until the emulator is gone. */
async function serve(): Promise<void> {
  try {
    for (;;) {
      const order = channel.receive() as Order
      if (order.kind === 'run') {
        reply({ kind: 'ended', end: run(order.job) })
        // What scripts left behind in promises is let go of here.
        await new Promise(setImmediate)
      } else if (order.kind === 'evaluate') evaluate(order)
    }
  } catch (error) {
    if (!(error instanceof ChannelClosed)) throw error
  }
}

/** When the emulator is killed while a script runs, nobody reads this process's pipes: a thread waits for that. */
function watchEmulator(): void {
  const watch = "require('node:fs').readSync(3, Buffer.alloc(1)); process.kill(process.pid, 'SIGKILL')"
  new Worker(watch, { eval: true, stdout: true, stderr: true }).unref()
}

/** Takes from this process what a script could use if it ever came out of its context. */
function closeDoors(): void {
  process.on('unhandledRejection', () => undefined)
  const root = globalThis as unknown as Record<string, unknown>
  for (const name of ['process', 'fetch', 'WebSocket', 'EventSource', 'navigator', 'crypto'])
    delete root[name]
}

function reply(message: Reply): void {
  channel.send(message)
}

function run(job: ScriptJob): ScriptEnd {
  const script = compile(job.id, job.source)
  if ('phase' in script) return { requestBody: [], responseBody: [], log: '', failure: script }
  const { api, main, context } = script
  try {
    api.start(main, JSON.stringify(job))
    for (;;) {
      drain.runInContext(context)
      const calls = api.takeCalls()
      if (calls === '') break
      reply({ kind: 'calls', calls: JSON.parse(calls) as CollectionCall[] })
      api.deliver(JSON.stringify(awaitResults()))
    }
    const end = JSON.parse(api.finish()) as ScriptEnd
    return end.failure ? { ...end, failure: withOwnStack(end.failure, job.id) } : end
  } catch (error) {
    if (error instanceof ChannelClosed) throw error
    return { requestBody: [], responseBody: [], log: '', failure: describe(error, script, job.id) }
  }
}

/** A query that a script asked for may need functions of its own before it has results. */
function awaitResults(): CallResult[] {
  for (;;) {
    const order = channel.receive() as Order
    if (order.kind === 'results') return order.results
    if (order.kind === 'evaluate') evaluate(order)
  }
}

function evaluate(order: Order & { kind: 'evaluate' }): void {
  if (order.session !== session) {
    session = order.session
    functions = new Map()
  }
  let script = functions.get(order.name)
  if (!script) {
    script = compile(order.name, order.source)
    functions.set(order.name, script)
    if ('api' in script) script.api.setClock(order.nowMs)
  }
  if ('phase' in script) {
    reply({ kind: 'failed', failure: script })
    return
  }
  try {
    const text = script.api.evaluate(script.main, JSON.stringify(order.args))
    const { value, failure } = JSON.parse(text) as { value?: Maybe; failure?: ScriptFailure }
    if (failure) reply({ kind: 'failed', failure: withOwnStack(failure, order.name) })
    else reply({ kind: 'value', value: value ?? [] })
  } catch (error) {
    if (error instanceof ChannelClosed) throw error
    reply({ kind: 'failed', failure: describe(error, script, order.name) })
  }
}

/** Makes a context with nothing in it but the language and the API, and the script's function in it. */
function compile(id: string, source: string): SandboxedScript | ScriptFailure {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  })
  const api = install.runInContext(context) as ScriptApi
  let script: vm.Script
  try {
    script = new vm.Script(`(function __docDbMain() { var fn = ${source}\n; return fn })()`, {
      filename: `${id}.js`,
    })
  } catch (error) {
    return { phase: 'compiling', text: error instanceof Error ? String(error) : 'SyntaxError' }
  }
  try {
    return { api, main: script.runInContext(context), context }
  } catch (error) {
    return describe(error, { api }, id)
  }
}

/** An error of this process's own (a stack that is too deep, say) must not be seen by the script, so it is told here. */
function describe(error: unknown, { api }: Pick<SandboxedScript, 'api'>, id: string): ScriptFailure {
  if (error instanceof Error) return { phase: 'executing', text: String(error) }
  try {
    return withOwnStack(JSON.parse(api.describe(error)) as ScriptFailure, id)
  } catch {
    return { phase: 'executing', text: 'Error: what was thrown cannot be told.' }
  }
}

/** Leaves only the script's own lines in a stack trace. */
function withOwnStack(failure: ScriptFailure, id: string): ScriptFailure {
  const isOwn = (line: string): boolean => !/^\s+at /.test(line) || line.includes(`${id}.js:`)
  return { ...failure, text: failure.text.split('\n').filter(isOwn).join('\n') }
}
