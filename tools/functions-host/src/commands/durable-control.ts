import { readFileSync } from 'node:fs'

import { Command } from 'commander'

import { DurableClient, refusalOf } from './durable-client.ts'
import { addDurableFlags, type DurableFlags } from './durable-flags.ts'
import { UsageError } from './usage-error.ts'

interface ReasonFlags extends DurableFlags {
  readonly reason?: string
}

interface DataFlags extends DurableFlags {
  readonly data?: string
}

interface StartFlags extends DataFlags {
  readonly id?: string
}

interface RestartFlags extends DurableFlags {
  readonly sameId?: boolean
}

/** Commands that tell an instance something, and what they say when that is done. */
const told: readonly (readonly [name: string, description: string, done: string])[] = [
  ['suspend', 'hold an instance', 'is to be held'],
  ['resume', 'let a held instance go on', 'is to go on'],
  ['terminate', 'end an instance; its activities and sub-orchestrations run on', 'is to end'],
  ['rewind', 'take back what failed in a failed instance, and let it go on', 'goes on from where it failed'],
]

/** `durable suspend|resume|terminate|rewind`. */
export function durableControls(): Command[] {
  return told.map(([name, description, done]) => {
    const command = new Command(name).description(description).argument('<id>', 'id of the instance')
    return addDurableFlags(command)
      .option('-r, --reason <text>', 'why; the instance tells it')
      .action((id: string, flags: ReasonFlags) => controlInstance(id, flags, { name, done }))
  })
}

/** Tells an instance something. @throws HostError where it is not there or not in a state for it */
export async function controlInstance(
  id: string,
  flags: ReasonFlags,
  { name, done }: { name: string; done: string },
): Promise<void> {
  const query = flags.reason === undefined ? '' : `?reason=${encodeURIComponent(flags.reason)}`
  await new DurableClient(flags).act(id, `/${name}${query}`, { method: 'POST' })
  report(flags, { instanceId: id }, `${id} ${done}.`)
}

/** `durable raise`: sends an external event. */
export function durableRaise(): Command {
  const command = new Command('raise')
    .description('send an external event to an instance')
    .argument('<id>', 'id of the instance')
    .argument('<event>', 'name of the event')
  return addDurableFlags(command)
    .option('-d, --data <json>', 'what it carries: JSON, or text; @FILE: what the file holds')
    .action(raiseEvent)
}

/** Sends an external event. @throws HostError where the instance is not there or has ended */
export async function raiseEvent(id: string, event: string, flags: DataFlags): Promise<void> {
  const body = jsonOf(flags.data) ?? 'null'
  const headers = { 'content-type': 'application/json' }
  const path = `/raiseEvent/${encodeURIComponent(event)}`
  await new DurableClient(flags).act(id, path, { method: 'POST', headers, body })
  report(flags, { instanceId: id, event }, `${id} gets the event ${event}.`)
}

/** `durable start`: starts an orchestration; prints its id. */
export function durableStart(): Command {
  const command = new Command('start')
    .description('start an orchestration; prints the id of the instance')
    .argument('<name>', 'name of the orchestrator function')
  return addDurableFlags(command)
    .option('-d, --data <json>', 'its input: JSON, or text; @FILE: what the file holds')
    .option('--id <id>', 'id of the instance (a new one)')
    .action(startInstance)
}

/** Starts an orchestration, and prints the id of the instance. @throws HostError where there is no such orchestrator, or the id is in use */
export async function startInstance(name: string, flags: StartFlags & { version?: string }): Promise<void> {
  const id = flags.id === undefined ? '' : `/${encodeURIComponent(flags.id)}`
  const version = flags.version === undefined ? '' : `?version=${encodeURIComponent(flags.version)}`
  const body = jsonOf(flags.data)
  const answer = await new DurableClient(flags).ask(
    `orchestrators/${encodeURIComponent(name)}${id}${version}`,
    {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    },
  )
  if (!answer.ok) throw await refusalOf(answer)
  const started = (await answer.json()) as { id: string }
  report(flags, { instanceId: started.id }, started.id)
}

/** `durable restart`: runs an orchestration again with the input that it had; prints the id. */
export function durableRestart(): Command {
  const command = new Command('restart')
    .description('run an instance again, with the input that it had; prints the id of the new one')
    .argument('<id>', 'id of the instance')
  return addDurableFlags(command)
    .option('--same-id', 'under the same id, which must have ended')
    .action(async (id: string, flags: RestartFlags) => {
      const path = `/restart?restartWithNewInstanceId=${flags.sameId !== true}`
      const client = new DurableClient(flags)
      const answer = await client.ask(`instances/${encodeURIComponent(id)}${path}`, { method: 'POST' })
      // The management API calls an id that it does not know a wrong argument.
      if (answer.status === 400) throw await client.notFound(id)
      if (!answer.ok) throw await refusalOf(answer)
      const started = (await answer.json()) as { id: string }
      report(flags, { instanceId: started.id }, started.id)
    })
}

function report({ json }: DurableFlags, value: object, text: string): void {
  console.log(json ? JSON.stringify(value) : text)
}

/** A value given by hand as JSON: JSON stays, other text becomes a string. @throws UsageError for a file that cannot be read */
function jsonOf(data: string | undefined): string | undefined {
  if (data === undefined) return undefined
  const text = data.startsWith('@') ? readData(data.slice(1)) : data
  try {
    JSON.parse(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}

function readData(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--data @${file} cannot be read: ${(error as Error).message}`)
  }
}
