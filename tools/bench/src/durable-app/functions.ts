// Orchestrations whose activities do nothing: what is measured is the engine, and the way to the functions and back.
import * as df from 'durable-functions'

df.app.activity('addOne', { handler: (value: number) => value + 1 })

/** So many activities, one after the other. */
const chainOf = (length: number): df.OrchestrationHandler =>
  function* (context) {
    let value = 0
    for (let step = 0; step < length; step += 1)
      value = (yield context.df.callActivity('addOne', value)) as number
    return value
  }

/** So many activities, all at once. */
const fanOf = (width: number): df.OrchestrationHandler =>
  function* (context) {
    const tasks = Array.from({ length: width }, (_, index) => context.df.callActivity('addOne', index))
    return ((yield context.df.Task.all(tasks)) as number[]).length
  }

df.app.orchestration('chain', chainOf(5))
df.app.orchestration('longChain', chainOf(1000))
df.app.orchestration('fan', fanOf(50))
df.app.orchestration('wideFan', fanOf(1000))

df.app.orchestration('waiter', function* (context) {
  return yield context.df.waitForExternalEvent('go')
})
