import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { durableCommand } from '../src/commands/durable-command.ts'
import { EventType } from '../src/durable/history-event.ts'
import type { HistoryFile } from '../src/testing/index.ts'
import { exportHistory, NonDeterminismError, replayHistory } from '../src/testing/index.ts'
import { AppFolder } from './app-folder.ts'
import { orchestratorsOf } from './fixtures/replay/orchestrators.ts'
import { runCommand } from './run-command.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const directory = join(import.meta.dirname, 'fixtures', 'replay')
const source = join(directory, 'orchestrators.ts')
const code = readFileSync(source, 'utf8').split('\n')

interface Instance {
  readonly input?: unknown
  /** How many tasks must have ended before it is raised, or before the export. */
  readonly ends: number
  readonly event?: string
  readonly status: string
  /** What the input must have become. */
  readonly inputAtEnd?: unknown
}

const instances: Readonly<Record<string, Instance>> = {
  order: { ends: 2, event: 'approved', status: 'Completed' },
  'order that waits': { ends: 2, status: 'Running' },
  'order that is suspended': { ends: 2, status: 'Suspended' },
  'order that was terminated': { ends: 2, status: 'Terminated' },
  fan: { ends: 2, event: 'go', status: 'Completed' },
  'fan that waits': { ends: 2, status: 'Running' },
  helpers: { ends: 4, status: 'Completed' },
  fails: { ends: 1, status: 'Failed' },
  looping: { input: 2, ends: 1, status: 'Running', inputAtEnd: 0 },
  long: { input: 1, ends: 1, status: 'Completed' },
}

let host: RunningHost
const histories = new Map<string, HistoryFile>()
beforeAll(async () => {
  host = await RunningHost.start({ replay: {} })
  await Promise.all(
    Object.entries(instances).map(async ([title, instance]) =>
      histories.set(title, await record(title, instance)),
    ),
  )
})
afterAll(() => host[Symbol.asyncDispose]())

/** Runs an instance, and exports it when it is as far as is asked. */
async function record(title: string, instance: Instance): Promise<HistoryFile> {
  const [name = ''] = title.split(' ')
  const { id } = (await (await manage(`orchestrators/${name}`, instance.input ?? null)).json()) as {
    id: string
  }
  await until(async () => {
    const { events, input } = await exported(id)
    const ends = events.filter(({ TaskScheduledId: of }) => of !== undefined)
    const isLast = instance.inputAtEnd === undefined || input === instance.inputAtEnd
    return (ends.length >= instance.ends && isLast) || undefined
  })
  if (instance.event) await manage(`instances/${id}/raiseEvent/${instance.event}`, {})
  if (instance.status === 'Suspended') await manage(`instances/${id}/suspend?reason=pause`, {})
  if (instance.status === 'Terminated') await manage(`instances/${id}/terminate?reason=enough`, {})
  return until(async () => {
    const file = await exported(id)
    return file.status === instance.status ? file : undefined
  })
}

function exported(id: string): Promise<HistoryFile> {
  return exportHistory({ url: host.url('replay') }, id)
}

async function manage(path: string, body: unknown): Promise<Response> {
  const response = await fetch(`${host.url('replay')}/runtime/webhooks/durabletask/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(202)
  return response
}

function historyOf(title: string): HistoryFile {
  const file = histories.get(title)
  if (!file) throw new Error(`There is no history of "${title}".`)
  return file
}

/** What a history is refused with. */
async function refusalOf(replay: Promise<unknown>): Promise<NonDeterminismError> {
  const error: unknown = await replay.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(NonDeterminismError)
  return error as NonDeterminismError
}

/** The line of the fixture that is about a change. */
function lineOf(change: string): number {
  return code.findIndex((line) => line.endsWith(` // ${change}`)) + 1
}

/** The message without what differs between runs: times and ids. */
function stable(message: string, { instanceId }: HistoryFile): string {
  return message
    .replaceAll(instanceId, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/ Instances .*/, '')
}

const wouldNot = 'would not replay instance ID:'

describe('a history replays against the code that it comes from:', () => {
  it.each(Object.keys(instances))('%s', async (title) => {
    const file = historyOf(title)

    const summary = await replayHistory(file, { functions: orchestratorsOf(''), directory, strict: true })

    const { orchestratorName, instanceId, status } = file
    expect(summary).toMatchObject({ orchestratorName, instanceId, status })
  })

  it('the whole app, as a host loads it', async () => {
    const summary = await replayHistory(historyOf('helpers'), { directory, strict: true })

    expect(summary).toMatchObject({ status: 'Completed', actions: 9 })
  })
})

describe('a history is refused by code that does something else:', () => {
  const charge = 'action 2 of its history is the activity "charge" (id 1, episode 2, TIME)'
  const ship = 'action 3 of its history is the activity "ship" (id 2, episode 4, TIME)'
  it.each([
    ['order', 'renamed', `${charge}, today's code asks for the activity "audit" there`],
    ['order', 'timer', `${charge}, today's code asks for a timer for TIME there`],
    ['order', 'waits', `${charge}, today's code waits for the event "payment" there`],
    ['order', 'removed', `${charge}, today's code waits for the event "approved" there`],
    ['order', 'continues', `${charge}, today's code continues as new there`],
    ['order', 'returns', `${charge}, today's code has returned there`],
    [
      'order',
      'inserted',
      `action 1 of its history is the activity "reserve" (id 0, episode 1, TIME), today's code asks for the activity "audit" there`,
    ],
    [
      'order',
      'throws',
      `action 1 of its history is the activity "reserve" (id 0, episode 1, TIME), today's code has thrown "no longer" there`,
    ],
    ['order', 'throws late', `${ship}, today's code has thrown "out of stock" there`],
    [
      'order',
      'appended',
      `its history ends in episode 5 as Completed, today's code asks for the activity "audit" there`,
    ],
    ['order that waits', 'returns', `${charge}, today's code has returned there`],
    [
      'fan',
      'swapped',
      `action 1 of its history is the activity "reserve" (id 0, episode 1, TIME), today's code asks for the activity "charge" there`,
    ],
    [
      'fan',
      'widened',
      `episode 1 of its history ends without another action, today's code asks for the activity "audit" there`,
    ],
    [
      'fan that waits',
      'widened',
      `episode 1 of its history ends without another action, today's code asks for the activity "audit" there`,
    ],
    [
      'fan',
      'narrowed',
      `action 2 of its history is the activity "charge" (id 1, episode 1, TIME), today's code waits for all of the activity "reserve" there`,
    ],
    [
      'helpers',
      'attempts',
      `action 9 of its history is a timer for TIME (id 8, episode 8, TIME), today's code asks for the activity "flaky" there`,
    ],
    [
      'fails',
      'mended',
      `its history ends in episode 2 as Failed (Orchestrator function 'fails' failed: out of paper), today's code returns there`,
    ],
  ])('%s, %s', async (title, change, what) => {
    const file = historyOf(title)

    const error = await refusalOf(replayHistory(file, { functions: orchestratorsOf(change), directory }))

    expect(stable(error.message, file)).toBe(
      `${file.orchestratorName} ${wouldNot} ${what} (orchestrators.ts:${lineOf(change)}).`,
    )
    expect(error.place).toMatchObject({ file: source, line: lineOf(change) })
  })

  it.each([
    ['id', /sub-orchestration "child" .* with the id "ID\/child", today's is "other-child" \(orch/],
    [
      'entity',
      /operation "add" of the entity @ledger@a .* with the target "@ledger@a", today's is "@ledger@b" \(/,
    ],
    [
      'operation',
      /signal "add" to the entity @ledger@a .* with the operation "add", today's is "subtract" \(/,
    ],
  ])('another %s', async (change, what) => {
    const file = historyOf('helpers')

    const error = await refusalOf(replayHistory(file, { functions: orchestratorsOf(change), directory }))

    expect(stable(error.message, file)).toMatch(what)
    expect(error.place?.line).toBe(lineOf(change))
  })

  it('typed, in the whole app: a function that registering gives', async () => {
    const error = await refusalOf(
      replayHistory(historyOf('helpers'), { directory, settings: { CHANGE: 'typed' } }),
    )

    expect(error.place).toMatchObject({ file: source, line: lineOf('typed') })
    expect(error.recorded?.description).toBe('the sub-orchestration "child"')
    expect(error.now).toBe('asks for the activity "step"')
  })
})

describe('values, which Azure does not look at,', () => {
  it.each([
    ['helpers', 'date', /a timer for TIME .* with the date "TIME", today's is "TIME"/],
    ['helpers', 'input', /the operation "add" .* with the input "1", today's is "9"/],
    ['order', 'other output', /as Completed with the output "shipped", today's is "sent"/],
  ])('are left alone unless the replay is strict: %s, %s', async (title, change, what) => {
    const file = historyOf(title)
    const options = { functions: orchestratorsOf(change), directory }

    await replayHistory(file, options)
    const error = await refusalOf(replayHistory(file, { ...options, strict: true }))

    expect(stable(error.message, file)).toMatch(what)
  })
})

describe('a replay', () => {
  it('of 1,000 actions finds the last one that differs, in one run of the code', async () => {
    const file = lengthen(historyOf('long'), 1000)
    let runs = 0
    const counted = (change: string): ReturnType<typeof orchestratorsOf> => {
      const { long } = orchestratorsOf(change)
      return {
        *long(context) {
          runs += 1
          return yield* long!(context)
        },
      }
    }

    await replayHistory(file, { functions: counted(''), directory })
    expect(runs).toBe(1)
    const error = await refusalOf(replayHistory(file, { functions: counted('last'), directory }))

    expect(error.recorded).toMatchObject({ number: 1000, id: 999 })
    expect(error.place?.line).toBe(lineOf('last'))
  })

  it('is refused where the app has no such orchestrator, or does not run its version', async () => {
    const file = historyOf('order')

    const misspelt = { ...file, orchestratorName: 'ordr' }
    await expect(replayHistory(misspelt, { functions: orchestratorsOf(''), directory })).rejects.toThrow(
      /"ordr", which the app does not have: .* Did you mean order/,
    )
    await expect(replayHistory({ ...file, version: '2.0' }, { directory })).rejects.toThrow(
      /its version is '2.0', and this app runs '1.0' and older/,
    )
  })

  it('is refused where there is no file, and where the app cannot be loaded', async () => {
    await expect(replayHistory(join(directory, 'none.history.json'), { directory })).rejects.toThrow(
      /none.history.json cannot be read/,
    )
    await expect(replayHistory(join(directory, 'host.json'), { directory })).rejects.toThrow(
      /host.json is no history file/,
    )
    await expect(replayHistory(historyOf('order'), { directory: import.meta.dirname })).rejects.toThrow(
      /host.json/,
    )
  })
})

it('names the line of the source that built code was made from', async () => {
  using app = new AppFolder(`
import df from '${import.meta.resolve('durable-functions')}'
df.app.orchestration('order', function* (context) {
  yield context.df.callActivity('audit') // built
})
//# sourceMappingURL=index.js.map`)
  const built = readFileSync(join(app.path, 'index.js'), 'utf8').split('\n')
  // Each line comes from the one 20 lines further down.
  const mappings = ['AAoBA', ...Array.from({ length: built.length - 1 }, () => 'AACA')].join(';')
  app.write('index.js.map', JSON.stringify({ version: 3, sources: ['order.ts'], names: [], mappings }))

  const error = await refusalOf(replayHistory(historyOf('order'), { directory: app.path }))

  const line = built.findIndex((text) => text.endsWith('// built')) + 1 + 20
  expect(error.place).toMatchObject({ file: join(app.path, 'order.ts'), line })
})

describe('functions-host durable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-histories-'))
  afterAll(() => {
    delete process.env['CHANGE']
    process.exitCode = undefined
    rmSync(folder, { recursive: true, force: true })
  })

  it('writes histories of instances to files, and replays them against an app', async () => {
    const files = ['order', 'helpers'].map((title) => join(folder, `${title}.history.json`))
    const { port } = new URL(host.url('replay'))
    for (const [index, title] of ['order', 'helpers'].entries()) {
      const args = ['history', historyOf(title).instanceId, '--port', port, '--out', files[index] ?? '']
      expect(await runCommand(durableCommand(), args)).toMatchObject({ error: undefined })
    }
    process.env['CHANGE'] = 'child'

    const { output, errors, error } = await runCommand(durableCommand(), [
      'replay',
      ...files,
      '--app',
      directory,
    ])

    expect(error).toBeUndefined()
    expect(output).toBe(`${files[0]}: order replays (5 episodes, 3 actions).\n`)
    const child = `sub-orchestration "child" (id 3, episode 3, TIME), today's code asks for the sub-orchestration "other" there`
    expect(stable(errors, historyOf('helpers'))).toBe(
      `${files[1]}: helpers ${wouldNot} action 4 of its history is the ${child} (orchestrators.ts:${lineOf('child')}).\n`,
    )
    expect(process.exitCode).toBe(1)
  })

  it('says which file is no history', async () => {
    const { error } = await runCommand(durableCommand(), ['replay', source])

    expect(error?.message).toMatch(/orchestrators.ts cannot be read as JSON/)
  })
})

describe('an app that does not let itself be replayed', () => {
  it.each([
    ['never ends', 'for (;;);', 500, /took longer than 500 ms/],
    ['ends its process', 'process.exit(3)', 30_000, /ended the process \(exit code 3\)/],
    [
      'throws',
      `throw new Error('no database')`,
      30_000,
      /unable to load entry point "index.js": no database/,
    ],
  ])('is refused: %s', async (_what, body, timeoutMs, reason) => {
    using app = new AppFolder('')
    app.write('index.js', body)

    await expect(replayHistory(historyOf('order'), { directory: app.path, timeoutMs })).rejects.toThrow(
      reason,
    )
  })
})

describe('an export', () => {
  it('names the sub-orchestrations, each of which has a history of its own', async () => {
    const { instanceId, subOrchestrations } = historyOf('helpers')
    const id = `${instanceId}/child`

    expect(subOrchestrations).toEqual([
      { orchestratorName: 'child', instanceId: id },
      { orchestratorName: 'child', instanceId: expect.any(String) },
    ])
    expect(await exported(id)).toMatchObject({ orchestratorName: 'child', instanceId: id, input: 1 })
  })

  it('is refused for an instance that is not there', async () => {
    await expect(exported('nobody')).rejects.toThrow('has no instance "nobody"')
  })
})

/** The history of a longer chain: its one activity so many times. */
function lengthen(file: HistoryFile, count: number): HistoryFile {
  const [begun, started, scheduled, ended] = file.events
  const completed = file.events.find(({ EventType: type }) => type === EventType.taskCompleted)
  const events = [begun!, { ...started!, Input: String(count) }]
  for (let id = 0; id < count; id += 1)
    events.push({ ...scheduled!, EventId: id }, ended!, begun!, { ...completed!, TaskScheduledId: id })
  return { ...file, events: [...events, ...file.events.slice(-2)] }
}
