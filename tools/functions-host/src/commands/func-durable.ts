import { Command, Option } from 'commander'

import { HostError } from '../errors.ts'
import { DurableClient, refusalOf } from './durable-client.ts'
import { controlInstance, raiseEvent, startInstance } from './durable-control.ts'
import { parseCount, parseStates, parseTime } from './durable-flags.ts'
import { purge } from './durable-purge.ts'
import { parsePort } from './start-flags.ts'

/** Flags of every `func durable` command. */
interface FuncFlags {
  readonly host: string
  readonly port: number
  readonly code?: string
  readonly taskHubName?: string
  readonly id?: string
}

interface StatusFlags extends FuncFlags {
  readonly showInput: boolean
  readonly showOutput: boolean
}

interface ListFlags extends FuncFlags {
  readonly createdAfter?: number
  readonly createdBefore?: number
  readonly runtimeStatus?: readonly string[]
  readonly top: number
  readonly continuationToken?: string
}

/**
 * `func durable`: the commands of Core Tools, with their flags. Those read the storage of the app; these ask the host that runs
 * it, so that they take its address too.
 */
export function funcDurable(): Command {
  const command = new Command('durable').description('orchestrations of the app that runs').exitOverride()
  for (const sub of [
    startNew(),
    raise(),
    control('terminate', 'end an instance', 'is to end'),
    control('rewind', 'let a failed instance go on from where it failed', 'goes on from where it failed'),
    getStatus('get-runtime-status', 'status of an instance', 'showHistory=false'),
    getStatus('get-history', 'history of an instance', 'showHistory=true&showHistoryOutput=true'),
    getInstances(),
    purgeHistory(),
    deleteTaskHub(),
  ])
    command.addCommand(sub)
  return command
}

function make(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('-p, --port <port>', 'port of the app', parsePort, 7071)
    .option('--host <address>', 'address of the app', '127.0.0.1')
    .option('--code <key>', 'the master key, where the host asks for keys')
    .option('--task-hub-name <name>', 'name of the task hub, to make sure that it is this one')
    .addOption(
      new Option('--connection-string-setting <name>', 'instances are in the store of the host').hideHelp(),
    )
    .exitOverride()
}

function makeForId(name: string, description: string): Command {
  return make(name, description).requiredOption('--id <id>', 'id of the instance')
}

function startNew(): Command {
  return make('start-new', 'start an orchestration; prints the id of the instance')
    .requiredOption('--function-name <name>', 'name of the orchestrator function')
    .option('--id <id>', 'id of the instance (a new one)')
    .option('--input <json>', 'its input; @FILE: what the file holds')
    .option('--version <version>', 'version of the orchestration')
    .action(
      async ({ functionName, input, ...flags }: FuncFlags & { functionName: string; input?: string }) => {
        await checkHub(flags)
        await startInstance(functionName, { ...flags, ...(input === undefined ? {} : { data: input }) })
      },
    )
}

function raise(): Command {
  return makeForId('raise-event', 'send an external event to an instance')
    .requiredOption('--event-name <name>', 'name of the event')
    .option('--event-data <json>', 'what it carries; @FILE: what the file holds')
    .action(
      async ({ eventName, eventData, ...flags }: FuncFlags & { eventName: string; eventData?: string }) => {
        await checkHub(flags)
        await raiseEvent(flags.id ?? '', eventName, {
          ...flags,
          ...(eventData === undefined ? {} : { data: eventData }),
        })
      },
    )
}

function control(name: string, description: string, done: string): Command {
  return makeForId(name, description)
    .option('--reason <text>', 'why')
    .action(async (flags: FuncFlags & { reason?: string }) => {
      await checkHub(flags)
      await controlInstance(flags.id ?? '', flags, { name, done })
    })
}

function getStatus(name: string, description: string, query: string): Command {
  return makeForId(name, description)
    .option('--show-input <true|false>', 'with the input', parseFlag, true)
    .option('--show-output <true|false>', 'with the output', parseFlag, true)
    .action(async ({ showInput, showOutput, ...flags }: StatusFlags) => {
      await checkHub(flags)
      const id = flags.id ?? ''
      const answer = await new DurableClient(flags).act(id, `?showInput=${showInput}&${query}`, {})
      const status = (await answer.json()) as Record<string, unknown>
      const shown = showOutput ? status : { ...status, output: null }
      console.log(JSON.stringify(name === 'get-history' ? status['historyEvents'] : shown, undefined, 2))
    })
}

function getInstances(): Command {
  return withTimes(make('get-instances', 'list instances'))
    .option('--top <count>', 'how many', parseCount, 10)
    .option('--continuation-token <token>', 'where the page before ended')
    .action(async (flags: ListFlags) => {
      await checkHub(flags)
      const query = new URLSearchParams({ top: String(flags.top) })
      if (flags.createdAfter !== undefined)
        query.set('createdTimeFrom', new Date(flags.createdAfter).toISOString())
      if (flags.createdBefore !== undefined)
        query.set('createdTimeTo', new Date(flags.createdBefore).toISOString())
      if (flags.runtimeStatus) query.set('runtimeStatus', flags.runtimeStatus.join(','))
      const token = flags.continuationToken
      const headers = token === undefined ? {} : { 'x-ms-continuation-token': token }
      const answer = await new DurableClient(flags).ask(`instances?${query.toString()}`, { headers })
      if (!answer.ok) throw await refusalOf(answer)
      console.log(JSON.stringify(await answer.json(), undefined, 2))
      const next = answer.headers.get('x-ms-continuation-token')
      if (next) console.log(`Continuation token for next set of results: '${next}'`)
    })
}

function purgeHistory(): Command {
  return withTimes(make('purge-history', 'forget all that has ended, or what these choose of it')).action(
    async ({ createdAfter, createdBefore, runtimeStatus, ...flags }: ListFlags) => {
      await checkHub(flags)
      await purge([], {
        ...flags,
        yes: true,
        ...(createdAfter !== undefined && { since: createdAfter }),
        ...(createdBefore !== undefined && { until: createdBefore }),
        ...(runtimeStatus && { status: runtimeStatus }),
      })
    },
  )
}

function deleteTaskHub(): Command {
  return make('delete-task-hub', 'not here: the task hub is a file')
    .allowUnknownOption()
    .action(() => {
      throw new HostError(
        'The task hub is a file, durable-<hub>.db in the data folder of the host: end the host and take the file away. To forget what has ended, use functions-host durable purge --yes.',
      )
    })
}

function withTimes(command: Command): Command {
  return command
    .option('--created-after <time>', 'only those started since', parseTime)
    .option('--created-before <time>', 'only those started until', parseTime)
    .option('--runtime-status <states...>', 'only in these states', parseStates)
}

function parseFlag(text: string): boolean {
  return text.toLowerCase() !== 'false'
}

/** Core Tools would go to another task hub; this host has one. @throws HostError for another name */
async function checkHub(flags: FuncFlags): Promise<void> {
  if (flags.taskHubName === undefined) return
  const page = await new DurableClient(flags).look<{ hubName: string }>('instances?top=1')
  const { hubName = '' } = page ?? {}
  if (hubName.toLowerCase() !== flags.taskHubName.toLowerCase())
    throw new HostError(
      `The task hub of this app is ${hubName}: leave --task-hub-name ${flags.taskHubName} out.`,
    )
}
