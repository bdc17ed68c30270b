import { describe, expect, it } from '@jest/globals'
import { systemClock } from '../time/clock.ts'
import { openDatabase } from './database.ts'
import { taskEnded } from './history-event.ts'
import { HubTime } from './hub-time.ts'
import { Inboxes } from './inboxes.ts'
import { type Effects, Journal } from './journal.ts'
import type { ActivityRow } from './activity-row.ts'
import { Store } from './store.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** An instance with an activity for each of the task ids, and a queue of episodes that is open or not. */
async function open({ taskIds, isOpen }: { taskIds: number[]; isOpen: boolean }) {
  const database = openDatabase(':memory:')
  const time = new HubTime(systemClock)
  const store = new Store(database, time)
  const added: string[] = []
  const journal = new Journal(database, ({ instances }) => instances.forEach((id) => inboxes.wake(id)))
  const queue = { canStart: () => isOpen, add: (id: string) => added.push(id) }
  const inboxes = new Inboxes(store, journal, queue)
  const rows = await journal.write((effects: Effects): ActivityRow[] => {
    for (const task_id of taskIds)
      store.addActivity(effects, { instance_id: 'i', execution_id: 'e', task_id, name: 'a', input: null })
    return effects.activities.flatMap((key) => store.activity(key) ?? [])
  })
  const end = (row: ActivityRow): void =>
    inboxes.end(row, taskEnded(time.nowText(), row.task_id, { result: null }))
  return { store, journal, inboxes, added, rows, end }
}

describe('what waits for episodes', () => {
  it('wakes an idle instance once for all activities that end in a turn, which are on disk until its episode is', async () => {
    const { store, journal, inboxes, added, rows, end } = await open({ taskIds: [0, 1], isOpen: true })
    rows.forEach(end)
    expect(added).toEqual([])
    await turn()
    expect(added).toEqual(['i'])
    expect(store.activityKeys()).toHaveLength(2)
    const messages = inboxes.take('i')
    expect(messages.map(({ event }) => event.TaskScheduledId)).toEqual([0, 1])
    await journal.write(() => inboxes.drop('i', messages))
    expect(store.activityKeys()).toEqual([])
  })

  it.each([
    ['no episode can run', async () => {}, false],
    ['the hub drains before one has', (inboxes: Inboxes) => inboxes.settle(), true],
    ['none came of it', (inboxes: Inboxes) => inboxes.giveBack('i', inboxes.take('i')), true],
  ])('puts an end into the inbox where %s', async (_case, act, isOpen) => {
    const { store, inboxes, rows, end } = await open({ taskIds: [0], isOpen })
    rows.forEach(end)
    await act(inboxes)
    await turn()
    await turn()
    expect(store.activityKeys()).toEqual([])
    expect(store.inbox('i')).toMatchObject([{ execution_id: 'e', is_late: 1 }])
    expect(inboxes.take('i').map(({ event }) => event.TaskScheduledId)).toEqual([0])
    expect(inboxes.take('i')).toEqual([])
  })

  it('gives what came first first, wherever it lies', async () => {
    const { store, journal, inboxes, rows, end } = await open({ taskIds: [0, 1], isOpen: true })
    const [first, second] = rows
    if (first === undefined || second === undefined) throw new Error('There are two.')
    end(first)
    await journal.write((effects) => store.send(effects, { instanceId: 'i' }, '{"Name":"between"}'))
    end(second)
    const order = inboxes.take('i').map(({ event }) => event.Name ?? event.TaskScheduledId)
    expect(order).toEqual([0, 'between', 1])
  })
})
