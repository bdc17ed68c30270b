// Orchestrations whose activities do nothing: what is measured is the engine, and the way to the functions and back.
import * as df from 'durable-functions'

df.app.activity('addOne', { handler: (value: number) => value + 1 })

df.app.orchestration('chain', function* (context) {
  let value = 0
  for (let step = 0; step < 5; step += 1) value = (yield context.df.callActivity('addOne', value)) as number
  return value
})

df.app.orchestration('fan', function* (context) {
  const tasks = Array.from({ length: 50 }, (_, index) => context.df.callActivity('addOne', index))
  return ((yield context.df.Task.all(tasks)) as number[]).length
})
