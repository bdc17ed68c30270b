import { readFileSync } from 'node:fs'

import { Command } from 'commander'

import { HostError } from '../errors.ts'
import { askHost } from './host-connection.ts'
import { nearNames } from '../near-names.ts'
import { parsePort } from './start-flags.ts'

interface InvokeFlags {
  readonly data?: string
  readonly port: number
  readonly host: string
  readonly method?: string
  readonly param?: string[]
  readonly code?: string
}

/** A function as the admin door lists it. */
interface ListedFunction {
  readonly name: string
  readonly invoke_url_template: string | null
  readonly config: {
    readonly bindings: readonly { readonly type: string; readonly methods?: readonly string[] }[]
  }
}

/** `invoke`: runs one function of a host that runs. */
export function invokeCommand(): Command {
  return new Command('invoke')
    .description('run a function of a host that runs: over its route, or by the admin door')
    .argument('<name>', 'name of the function')
    .option('-d, --data <text>', 'its input; @FILE: what the file holds')
    .option('-p, --port <port>', 'port of the app', parsePort, 7071)
    .option('--host <address>', 'address of the app', '127.0.0.1')
    .option(
      '-X, --method <method>',
      'HTTP method (POST with data, else GET, as far as the function takes them)',
    )
    .option('--param <name=value...>', 'values for the route of an HTTP function')
    .option('--code <key>', 'key, where the host asks for keys: the master key')
    .action((name: string, flags: InvokeFlags) => invoke(name, flags))
}

async function invoke(name: string, flags: InvokeFlags): Promise<void> {
  const data = readData(flags.data)
  const functions = await listFunctions(flags)
  const target = functions.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!target) {
    const names = functions.map((one) => one.name)
    const near = nearNames(name, names)
    const hint = near.length > 0 ? `Did you mean ${near.join(', ')}?` : `It has ${names.join(', ')}.`
    throw new HostError(`The app has no function "${name}". ${hint}`)
  }
  refuseDurable(target)
  await (target.invoke_url_template === null
    ? runByAdminDoor(target, data, flags)
    : sendRequest(target, target.invoke_url_template, { data, flags }))
}

/** The host would accept them, and say in its log alone that only its durable engine can run them. @throws HostError */
function refuseDurable({ name, config }: ListedFunction): void {
  const types = config.bindings.map(({ type }) => type.toLowerCase())
  if (types.includes('orchestrationtrigger'))
    throw new HostError(`${name} is an orchestrator. Start an instance: functions-host durable start ${name}`)
  if (types.includes('entitytrigger'))
    throw new HostError(
      `${name} is an entity: only clients and orchestrations reach it. Its states: functions-host durable entities ${name}`,
    )
}

async function runByAdminDoor(
  target: ListedFunction,
  data: string | undefined,
  flags: InvokeFlags,
): Promise<void> {
  const answer = await askHost(flags, `/admin/functions/${encodeURIComponent(target.name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: data ?? '' }),
  })
  if (answer.status !== 202) throw new HostError(`The host answers ${answer.status}: ${await answer.text()}`)
  console.log(`Accepted. In the log of the host: Id=${answer.headers.get('x-ms-invocation-id')}`)
}

/** Sends a request to the route of a function; prints the status to standard error and the body to standard output. */
async function sendRequest(
  target: ListedFunction,
  template: string,
  { data, flags }: { data: string | undefined; flags: InvokeFlags },
): Promise<void> {
  const path = fillRoute(template.replace(/^https?:\/\/[^/]*/, ''), target.name, flags)
  const trigger = target.config.bindings.find(({ type }) => /^httpTrigger$/i.test(type))
  const methods = (trigger?.methods ?? ['GET', 'POST']).map((method) => method.toUpperCase())
  const usual = data === undefined ? 'GET' : 'POST'
  const method = flags.method?.toUpperCase() ?? (methods.includes(usual) ? usual : (methods[0] ?? usual))
  const hasBody = data !== undefined && method !== 'GET' && method !== 'HEAD'
  const answer = await askHost(flags, path, {
    method,
    ...(hasBody
      ? { body: data, headers: { 'content-type': isJson(data) ? 'application/json' : 'text/plain' } }
      : {}),
  })
  console.error(`${method} ${path}: ${answer.status} ${answer.statusText}`)
  const body = Buffer.from(await answer.arrayBuffer())
  process.stdout.write(body)
  if (process.stdout.isTTY && body.length > 0) process.stdout.write('\n')
  if (!answer.ok) process.exitCode = 1
}

/** The path of a route with the values of `--param` in its places. @throws HostError naming those that are missing */
function fillRoute(template: string, name: string, { param = [] }: InvokeFlags): string {
  const values = new Map(
    param.map((text) => [text.split('=')[0]?.toLowerCase(), text.split('=').slice(1).join('=')]),
  )
  const missing: string[] = []
  const path = template.replaceAll(/\{([^{}]*)\}/g, (_whole, place: string) => {
    const parameter = /^\**([^:=?]*)/.exec(place)?.[1] ?? ''
    const value = values.get(parameter.toLowerCase())
    if (value !== undefined) return encodeURIComponent(value)
    if (!/[?=]/.test(place) && !place.startsWith('*')) missing.push(parameter)
    return ''
  })
  if (missing.length > 0) {
    const flags = missing.map((parameter) => `${parameter}=...`).join(' ')
    throw new HostError(`The route of "${name}", ${template}, needs values: --param ${flags}`)
  }
  return path
}

async function listFunctions(flags: InvokeFlags): Promise<readonly ListedFunction[]> {
  const answer = await askHost(flags, '/admin/functions')
  if (answer.status === 401 || answer.status === 403)
    throw new HostError('The host asks for keys: give its master key with --code.')
  if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/json'))
    throw new HostError(`What answers at ${flags.host}:${flags.port} is no Functions host: ${answer.status}.`)
  return (await answer.json()) as ListedFunction[]
}

function readData(data: string | undefined): string | undefined {
  if (!data?.startsWith('@')) return data
  try {
    return readFileSync(data.slice(1), 'utf8')
  } catch (error) {
    throw new HostError(`--data ${data} cannot be read: ${(error as Error).message}`)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
