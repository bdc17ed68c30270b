'use strict'
// The durable app of the hub's tests: real durable-functions, one orchestrator per behaviour.
const { appendFileSync, existsSync, writeFileSync } = require('node:fs')
const { app } = require('@azure/functions')
const df = require('durable-functions')

const orchestrator = (name, handler) => df.app.orchestration(name, handler)
const activity = (name, handler) => df.app.activity(name, { handler })
const after = (context, ms) => new Date(context.df.currentUtcDateTime.getTime() + ms)

activity('echo', (input) => input)
activity('add1', (n) => n + 1)
activity('slow', (ms) => new Promise((resolve) => setTimeout(resolve, ms, `slept ${ms}`)))
activity('seen', (input) => ({ type: typeof input, input }))
activity('throws', (text) => {
  throw new Error(text)
})
const attempts = new Map()
activity('flaky', ({ key, failures }) => {
  const n = (attempts.get(key) ?? 0) + 1
  attempts.set(key, n)
  if (n <= failures) throw new Error(`attempt ${n}`)
  return n
})
let isMended = false
activity('mendable', () => {
  if (!isMended) throw new Error('not mended')
  return 'mended'
})
activity('mend', () => {
  isMended = true
})
activity('slowMendable', async ({ key, ms }) => {
  await new Promise((resolve) => setTimeout(resolve, ms))
  if (!existsSync(key)) throw new Error('not mended')
  return ms
})
// Leaves a trace on disk: tells how often work was really done, across crashes.
activity('trace', async ({ file, line, ms }) => {
  if (ms) await new Promise((resolve) => setTimeout(resolve, ms))
  appendFileSync(file, `${line}\n`)
  return line
})

orchestrator('single', function* (context) {
  return yield context.df.callActivity('seen', context.df.getInput())
})
orchestrator('chain', function* (context) {
  let n = 0
  for (let i = 0; i < context.df.getInput(); i++) n = yield context.df.callActivity('add1', n)
  return n
})
orchestrator('fan', function* (context) {
  const tasks = Array.from({ length: context.df.getInput() }, (_, i) => context.df.callActivity('echo', i))
  return yield context.df.Task.all(tasks)
})
orchestrator('timer', function* (context) {
  const begun = context.df.currentUtcDateTime.getTime()
  yield context.df.createTimer(after(context, context.df.getInput()))
  return context.df.currentUtcDateTime.getTime() - begun
})
orchestrator('cancelledTimer', function* (context) {
  const timer = context.df.createTimer(after(context, 3_600_000))
  const work = context.df.callActivityWithRetry('flaky', new df.RetryOptions(20, 3), {
    key: context.df.instanceId,
    failures: 2,
  })
  const winner = yield context.df.Task.any([work, timer])
  if (winner === work) timer.cancel()
  return [winner === work, yield context.df.callActivity('echo', 'after')]
})
orchestrator('waiter', function* (context) {
  return yield context.df.waitForExternalEvent('go')
})
orchestrator('lateWaiter', function* (context) {
  yield context.df.callActivity('slow', 200)
  const first = yield context.df.waitForExternalEvent('go')
  return [first, yield context.df.waitForExternalEvent('go')]
})
orchestrator('parent', function* (context) {
  const { name, input, id } = context.df.getInput()
  try {
    return { result: yield context.df.callSubOrchestrator(name, input, id) }
  } catch (error) {
    return { error: error.message }
  }
})
orchestrator('rejecting', function* (context) {
  yield context.df.callActivity('throws', context.df.getInput())
})
orchestrator('catching', function* (context) {
  try {
    yield context.df.callActivity(context.df.getInput(), 'boom')
  } catch (error) {
    return [error.message.split('\n')[0].trim(), yield context.df.callActivity('echo', 'after')]
  }
})
orchestrator('throwsString', function* (context) {
  yield context.df.callActivity('echo', 1)
  throw context.df.getInput()
})
orchestrator('retry', function* (context) {
  const { failures, max, timeoutMs } = context.df.getInput()
  const options = new df.RetryOptions(30, max)
  options.backoffCoefficient = 2
  if (timeoutMs) options.retryTimeoutInMilliseconds = timeoutMs
  try {
    return yield context.df.callActivityWithRetry('flaky', options, { key: context.df.instanceId, failures })
  } catch (error) {
    return [error.message.split('\n')[0].trim(), yield context.df.callActivity('echo', 'after')]
  }
})
orchestrator('eternal', function* (context) {
  const { left, got = [] } = context.df.getInput()
  yield context.df.callActivity('echo', left)
  if (left === 0) return got
  const event = yield context.df.waitForExternalEvent('go')
  context.df.continueAsNew({ left: left - 1, got: [...got, event] })
})
orchestrator('leavesEvents', function* (context) {
  const left = context.df.getInput()
  yield context.df.waitForExternalEvent('go')
  if (left === 0) return 'heard both'
  yield context.df.callActivity('slow', 200)
  context.df.continueAsNew(left - 1)
})
orchestrator('counts', function* (context) {
  const n = context.df.getInput()
  const next = yield context.df.callActivity('add1', n)
  if (next < 20) context.df.continueAsNew(next)
  return next
})
orchestrator('status', function* (context) {
  context.df.setCustomStatus(context.df.getInput())
  return yield context.df.waitForExternalEvent('go')
})
orchestrator('rewindable', function* (context) {
  const kept = yield context.df.callActivity('echo', 'kept')
  return [kept, yield context.df.callActivity('mendable')]
})
orchestrator('mendNow', function* (context) {
  yield context.df.callActivity('mend')
})
orchestrator('rewindableRetry', function* (context) {
  const options = new df.RetryOptions(10, 2)
  const timer = context.df.createTimer(after(context, 5))
  yield context.df.Task.all([timer, context.df.callActivity('echo', 'beside')])
  const retried = yield context.df.callActivityWithRetry('mendable', options)
  return [retried, yield context.df.callSubOrchestratorWithRetry('rewindable', options)]
})
orchestrator('rewindableFan', function* (context) {
  const { key, delaysMs } = context.df.getInput()
  const options = new df.RetryOptions(10, 2)
  const attempts = delaysMs.map((ms) =>
    context.df.callActivityWithRetry('slowMendable', options, { key, ms }),
  )
  const children = [context.df.callSubOrchestratorWithRetry('slowChild', options, { key, ms: 60 })]
  return [
    yield context.df.Task.all([...attempts, ...children]),
    yield context.df.callActivity('echo', 'after'),
  ]
})
orchestrator('rewindableEntity', function* (context) {
  const { key, counter } = context.df.getInput()
  return yield context.df.Task.all([
    context.df.callEntity(new df.EntityId('counter', counter), 'addAndGet', 1),
    context.df.callActivity('slowMendable', { key, ms: 1 }),
  ])
})
orchestrator('slowChild', function* (context) {
  return yield context.df.callActivity('slowMendable', context.df.getInput())
})
orchestrator('rewindableParent', function* (context) {
  return yield context.df.callSubOrchestrator('rewindable')
})
orchestrator('counterCalls', function* (context) {
  const id = new df.EntityId('counter', context.df.getInput())
  context.df.signalEntity(id, 'add', 5)
  context.df.signalEntity(id, 'add', 7)
  const sum = yield context.df.callEntity(id, 'get')
  try {
    yield context.df.callEntity(id, 'throw')
  } catch (error) {
    return [sum, error.message]
  }
})
// Loses additions of others, unless it has locked the counters.
function* addSlowly(context, counters) {
  const lock = yield context.df.lock(counters)
  for (const counter of counters) {
    const value = yield context.df.callEntity(counter, 'get')
    yield context.df.callEntity(counter, 'set', yield context.df.callActivity('add1', value))
  }
  lock.release()
}
orchestrator('locked', function* (context) {
  const { keys, ending = '' } = context.df.getInput()
  const counters = keys.map((key) => new df.EntityId('counter', key))
  yield* addSlowly(context, counters)
  if (ending === '') return context.df.isLocked().isLocked
  yield context.df.lock(counters)
  if (ending === 'throw') throw new Error('in the critical section')
  if (ending === 'wait') yield context.df.waitForExternalEvent('never')
  if (ending === 'again') context.df.continueAsNew({ keys })
})
orchestrator('mixed', function* (context) {
  const { file, key } = context.df.getInput()
  const trace = (line, ms) => context.df.callActivity('trace', { file, line: `${key}.${line}`, ms })
  const first = yield trace('first', 20)
  const fan = yield context.df.Task.all([trace('a', 60), trace('b', 30), trace('c', 90)])
  yield context.df.createTimer(after(context, 150))
  const child = yield context.df.callSubOrchestrator('mixedChild', { file, key })
  const event = yield context.df.waitForExternalEvent('go')
  const sum = yield context.df.callEntity(new df.EntityId('counter', key), 'addAndGet', 1)
  yield* addSlowly(context, [new df.EntityId('counter', 'shared')])
  return [first, ...fan, child, event, sum]
})
orchestrator('mixedChild', function* (context) {
  const { file, key } = context.df.getInput()
  return yield context.df.callActivity('trace', { file, line: `${key}.child`, ms: 40 })
})
orchestrator('http', function* (context) {
  const response = yield context.df.callHttp(context.df.getInput())
  return [response.statusCode, response.content]
})

// Kills its worker, once.
const dieOnce = (file) => {
  if (existsSync(file)) return
  writeFileSync(file, '')
  process.kill(process.pid, 'SIGKILL')
}
activity('dies', async (file) => {
  dieOnce(file)
  return 'survived'
})
orchestrator('survivor', function* (context) {
  const file = context.df.getInput()
  const first = yield context.df.callActivity('dies', `${file}.activity`)
  dieOnce(`${file}.orchestrator`)
  return [first, yield context.df.callActivity('echo', 'on')]
})

const client = df.input.durableClient()
app.http('binding', {
  methods: ['GET'],
  authLevel: 'anonymous',
  extraInputs: [client],
  handler: (_, context) => ({ jsonBody: context.extraInputs.get(client) }),
})
app.http('starts', {
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [client],
  handler: async (request, context) => {
    const durable = df.getClient(context)
    const id = await durable.startNew('chain', { input: await request.json() })
    return durable.waitForCompletionOrCreateCheckStatusResponse(request, id, {
      timeoutInMilliseconds: 10_000,
      retryIntervalInMilliseconds: 20,
    })
  },
})

df.app.entity('counter', (context) => {
  const { df: entity } = context
  const value = entity.getState(() => 0)
  switch (String(entity.operationName)) {
    case 'add':
      entity.setState(value + entity.getInput())
      break
    case 'set':
      entity.setState(entity.getInput())
      break
    case 'get':
      entity.return(value)
      break
    case 'addAndGet':
      entity.setState(value + entity.getInput())
      entity.return(value + entity.getInput())
      break
    case 'throw':
      throw new Error('entity boom')
    default:
      entity.destructOnExit()
  }
})
