import * as fc from 'fast-check'
import { programs } from './arbitrary.ts'
import { HubUnderTest } from './hub-under-test.ts'
import { foretell } from './model.ts'
import { payloadOf, type Program } from './program.ts'
import { randomFrom } from '../../seeded-random.ts'

/** What an operator, or a careless client, does to an instance. */
type Control = 'suspend' | 'resume' | 'terminate' | 'a' | 'b' | 'start' | 'restart' | 'rewind' | 'purge'

const controls = fc.array(
  fc.constantFrom<Control>(
    'suspend',
    'suspend',
    'resume',
    'resume',
    'a',
    'b',
    'start',
    'restart',
    'rewind',
    'purge',
    'terminate',
  ),
  { maxLength: 12 },
)

const heldUp = new Set<Control>(['suspend', 'resume', 'a', 'b'])
const statuses = new Set(['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'])
/** Recorded 500s: the state of the instance does not allow what was asked. */
const refusal =
  /^Cannot (suspend|resume) |^The rewind operation is only supported|^An Orchestration instance with the status/

/**
 * Random programs that are suspended, resumed, terminated, rewound, purged, started and restarted under the same id, and hear events twice, at
 * random instants. Nothing is stuck, every answer and state is a legal one, and what is left alone in the end comes to its end.
 */
export function controlsProperty(
  httpUrl: string,
  figures: Record<string, number>,
): fc.IAsyncPropertyWithHooks<unknown[]> {
  let last = 0
  const add = (name: string, count: number): void => void (figures[name] = (figures[name] ?? 0) + count)
  return fc.asyncProperty(programs, controls, fc.integer({ min: 0 }), async (program, asked, seed) => {
    const id = `s${++last}`
    const foretold = foretell(program, id)
    const random = randomFrom(seed)
    await using hub = await HubUnderTest.open({
      databaseFile: ':memory:',
      httpUrl,
      random,
      foretold: new Map([[id, foretold]]),
    })
    await hub.start(program, id)
    for (const control of asked) {
      const turns = Math.floor(random() * 40)
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      await ask(hub, { id, program, control })
    }
    // What was only held up ends as foretold; all else in one of several ways.
    const isHeldUpOnly = asked.every((control) => heldUp.has(control))
    if (!isHeldUpOnly && (await hub.status(id)) === undefined) await hub.start(program, id)
    await letGo(hub, id)
    if (isHeldUpOnly) await hub.compareEnd(id, foretold)
    else await hub.end(id)
    hub.throwFaults()
    add('programs', 1)
    add('controls', asked.length)
    add('episodes', hub.checks.episodes)
    add('heldUpOnly', isHeldUpOnly ? 1 : 0)
  })
}

async function ask(
  hub: HubUnderTest,
  { id, program, control }: { id: string; program: Program; control: Control },
): Promise<void> {
  const response = await request(hub, { id, program, control })
  const text = await response.text()
  if (response.status >= 500 && !refusal.test(messageOf(text)))
    throw new Error(`${control} was answered with ${response.status} ${text}`)
  const status = await hub.status(id)
  if (status !== undefined && !statuses.has(status.runtimeStatus))
    throw new Error(`after ${control} it is ${status.runtimeStatus}`)
}

async function request(
  hub: HubUnderTest,
  { id, program, control }: { id: string; program: Program; control: Control },
): Promise<Response> {
  switch (control) {
    case 'a':
    case 'b':
      return hub.ask('POST', `instances/${id}/raiseEvent/${control}`, JSON.stringify(payloadOf(control)))
    case 'start':
      return hub.askToStart(program, id)
    case 'restart':
      return hub.ask('POST', `instances/${id}/restart?restartWithNewInstanceId=false`)
    case 'purge':
      return hub.ask('DELETE', `instances/${id}`)
    case 'suspend':
    case 'resume':
    case 'terminate':
    case 'rewind':
      return hub.ask('POST', `instances/${id}/${control}?reason=r`)
  }
}

function messageOf(text: string): string {
  try {
    const { ExceptionMessage, Message } = JSON.parse(text) as Record<string, string>
    return ExceptionMessage ?? Message ?? text
  } catch {
    return text
  }
}

/** Resumes what is suspended, and raises what all may still wait for, until the instance has ended. */
async function letGo(hub: HubUnderTest, id: string): Promise<void> {
  await hub.endOr(id, async (status) => {
    if (status.runtimeStatus === 'Suspended') await hub.ask('POST', `instances/${id}/resume`)
    for (const path of hub.seen)
      for (const name of ['a', 'b'] as const)
        await hub.ask('POST', `instances/${path}/raiseEvent/${name}`, JSON.stringify(payloadOf(name)))
  })
}
