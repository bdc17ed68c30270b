// The program of a worker process: supplies `@azure/functions-core`, loads the app, and runs functions as the host asks.
import { registerHooks } from 'node:module'

import type { ProgrammingModel } from './core-module.ts'
import { makeCoreModule } from './core-module.ts'
import { appHookData, invoke, runHooks } from './invoke.ts'
import { loadApp } from './load-app.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

const coreUrl = 'functions-host:core'
const coreKey = 'zoetropeFunctionsCore'
const directory = process.argv[2] ?? process.cwd()
const send = (message: FromWorker): void => {
  process.send?.(message)
}
const log = (level: string, category: string, message: string): void =>
  send({ type: 'log', level, category, message })
const { core, state } = makeCoreModule(log)

Object.assign(globalThis, { [coreKey]: core })
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/functions-core'
      ? { url: coreUrl, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === coreUrl
      ? { format: 'commonjs', source: `module.exports = globalThis.${coreKey}`, shortCircuit: true }
      : next(url, context),
})

process.on('disconnect', () => process.exit(0))
process.on('uncaughtException', (error) => {
  const message = `Uncaught exception: ${error.stack ?? error.message}`
  setTimeout(() => process.exit(1), 500)
  if (!process.connected) process.exit(1)
  process.send?.({ type: 'log', level: 'error', category: 'system', message } satisfies FromWorker, () =>
    process.exit(1),
  )
})
process.on('unhandledRejection', (reason) => {
  log(
    'error',
    'system',
    `Unhandled rejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
  )
})
// The host ends its workers itself, after their invocations: a Ctrl-C reaches the whole process group.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

try {
  await loadApp(directory)
  const capabilities = await prepare(state.model)
  await runHooks(state, 'appStart', { hookData: {}, appHookData, functionAppDirectory: directory })
  state.isLocked = true
  const functions = [...state.functions.values()].map((registered) => registered.metadata)
  const httpUri = capabilities['HttpUri']
  send({ type: 'loaded', functions, warnings: [], ...(httpUri ? { httpUri } : {}) })
} catch (error) {
  send({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
}

process.on('message', (message: ToWorker) => {
  void handle(message)
})

async function handle(message: ToWorker): Promise<void> {
  if (message.type === 'terminate') {
    try {
      await runHooks(state, 'appTerminate', { hookData: {}, appHookData })
    } finally {
      process.exit(0)
    }
  }
  const { invocation } = message
  const { invocationId } = invocation
  const functionName = state.functions.get(invocation.functionId)?.metadata.name
  const invocationLog = (level: string, category: string, text: string): void =>
    send({
      type: 'log',
      level,
      category,
      message: text,
      invocationId,
      ...(functionName ? { functionName } : {}),
    })
  send({ type: 'result', invocationId, outcome: await invoke(state, invocation, invocationLog) })
}

async function prepare(model: ProgrammingModel | undefined): Promise<Record<string, string>> {
  if (!model) return {}
  return (
    (await model.getCapabilities?.({
      RpcHttpBodyOnly: 'true',
      RawHttpBodyBytes: 'true',
      TypedDataCollection: 'true',
    })) ?? {}
  )
}
