// What the SDK alone needs for the replays of a chain of activities: `GET /?steps=1000` answers when it has made them all, from text to text.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

type Handler = (trigger: unknown, context: object) => Promise<unknown>

const require = createRequire(import.meta.url)
const { createOrchestrator } = require('durable-functions/lib/src/util/testingUtils.js') as {
  createOrchestrator: (code: (context: ChainContext) => Generator<unknown, unknown, number>) => Handler
}

interface ChainContext {
  df: { callActivity(name: string, input: unknown): unknown; getInput(): number }
}

const handler = createOrchestrator(function* (context) {
  const length = context.df.getInput()
  let value = 0
  for (let step = 0; step < length; step += 1) value = yield context.df.callActivity('addOne', value)
  return value
})

const Timestamp = new Date().toISOString()
const text = (event: object): string => JSON.stringify({ ...event, Timestamp })
const begun = text({ EventType: 12, EventId: -1, IsPlayed: false })
const completed = text({ EventType: 13, EventId: -1, IsPlayed: false })
const started = (steps: number): string =>
  text({
    OrchestrationInstance: { InstanceId: 'chain', ExecutionId: '0123456789abcdef0123456789abcdef' },
    EventType: 0,
    ParentInstance: null,
    Name: 'chain',
    Version: '',
    Input: String(steps),
    Tags: null,
    EventId: -1,
    IsPlayed: true,
  })
const scheduled = (id: number): string =>
  text({ EventType: 4, Name: 'addOne', Version: '', Input: null, EventId: id, IsPlayed: false })
const ended = (id: number, isPlayed: boolean): string =>
  text({ EventType: 5, TaskScheduledId: id, Result: String(id + 1), EventId: -1, IsPlayed: isPlayed })

/** Replays a history once for each of its episodes, as every engine must. */
async function replayAll(steps: number): Promise<void> {
  let past = ''
  let fresh = `${begun},${started(steps)}`
  for (let step = 0; step <= steps; step += 1) {
    const trigger = `{"history":[${past}${fresh}],"input":${steps},"instanceId":"chain","isReplaying":${step > 0},"parentInstanceId":null,"upperSchemaVersion":1,"upperSchemaVersionNew":2,"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":30000}`
    const answer = await handler(JSON.parse(trigger), {})
    const { isDone } = JSON.parse(JSON.stringify(answer)) as { isDone: boolean }
    if (isDone !== (step === steps)) throw new Error(`Replay ${step} of ${steps} is not what it should be.`)
    const played = step === 0 ? `${begun},${started(steps)}` : `${begun},${ended(step - 1, true)}`
    past += `${played},${scheduled(step)},${completed},`
    fresh = `${begun},${ended(step, false)}`
  }
}

const server = createServer((request, response) => {
  const steps = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('steps'))
  replayAll(steps).then(
    () => response.end('done'),
    (error: Error) => {
      response.statusCode = 500
      response.end(error.stack)
    },
  )
})
server.listen(0, '127.0.0.1', () =>
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
)
process.on('SIGTERM', () => process.exit(0))
