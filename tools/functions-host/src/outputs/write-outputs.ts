import { connectCosmos, connectQueues } from '../connections.ts'
import { resolveSettings } from '../app-config.ts'
import { NotImplementedError } from '../errors.ts'
import type { AppConfig } from '../app-config.ts'
import type { Binding, FunctionMetadata, InvocationOutcome, TypedData } from '../worker/protocol.ts'

/** Writes one value of an output binding. */
export type OutputWriter = (binding: Binding, data: TypedData, config: AppConfig) => Promise<void>

/** Output bindings that are built, by type in lower case. */
const writers: Readonly<Record<string, OutputWriter>> = {
  queue: writeQueue,
  cosmosdb: writeCosmos,
}

/** Refuses, at start, the bindings beside the trigger that are not built. @throws NotImplementedError naming function and binding */
export function checkBindings(metadata: FunctionMetadata): void {
  for (const binding of metadata.bindings) {
    const type = binding.type.toLowerCase()
    const isBuilt =
      binding.direction === 'out'
        ? type === 'http' || type in writers
        : type.endsWith('trigger') || type === 'durableclient'
    if (!isBuilt)
      throw new NotImplementedError(`The ${binding.direction ?? 'in'}put binding "${binding.type}"`)
    const expression = Object.values(binding).find(
      (value) => binding.direction === 'out' && typeof value === 'string' && value.includes('{'),
    )
    if (expression !== undefined)
      throw new NotImplementedError(`The binding expression "${String(expression)}" of "${binding.type}"`)
  }
}

/** Writes what a function gave to its output bindings; answers the queues that have something new. */
export async function writeOutputs(
  metadata: FunctionMetadata,
  outcome: Extract<InvocationOutcome, { ok: true }>,
  config: AppConfig,
): Promise<string[]> {
  const queues: string[] = []
  const values = new Map(outcome.outputData.map(({ name, data }) => [name, data]))
  if (outcome.returnValue) values.set('$return', outcome.returnValue)
  for (const binding of metadata.bindings) {
    const data = values.get(binding.name)
    const write = binding.direction === 'out' ? writers[binding.type.toLowerCase()] : undefined
    if (!write || !data) continue
    await write(binding, data, config)
    if (binding.type.toLowerCase() === 'queue') queues.push(nameOf(binding, 'queueName', config))
  }
  return queues
}

async function writeQueue(binding: Binding, data: TypedData, config: AppConfig): Promise<void> {
  const service = await connectQueues(config.settings, String(binding['connection'] ?? 'Storage'))
  const queue = service.getQueueClient(nameOf(binding, 'queueName', config))
  const encoding = config.extensions['queues']?.['messageEncoding'] === 'none' ? 'utf8' : 'base64'
  await queue.createIfNotExists()
  for (const text of toTexts(data)) await queue.sendMessage(Buffer.from(text).toString(encoding))
}

async function writeCosmos(binding: Binding, data: TypedData, config: AppConfig): Promise<void> {
  const client = await connectCosmos(config.settings, String(binding['connection']))
  const [databaseName, containerName] = [
    nameOf(binding, 'databaseName', config),
    nameOf(binding, 'containerName', config),
  ]
  if (binding['createIfNotExists'] === true) {
    const { database } = await client.databases.createIfNotExists({ id: databaseName })
    await database.containers.createIfNotExists({
      id: containerName,
      partitionKey: nameOf(binding, 'partitionKey', config),
    })
  }
  const container = client.database(databaseName).container(containerName)
  for (const text of toTexts(data)) await container.items.upsert(JSON.parse(text) as object)
}

function nameOf(binding: Binding, key: string, { settings }: AppConfig): string {
  return resolveSettings(String(binding[key]), settings, `Output "${binding.name}"`)
}

/** A list is one item per element; text stays as it is, everything else is JSON. */
function toTexts(data: TypedData): string[] {
  if (data.string !== undefined) return [data.string]
  if (data.bytes) return [Buffer.from(data.bytes).toString('utf8')]
  if (data.json === undefined) return [String(data.int ?? data.double ?? '')]
  const value = JSON.parse(data.json) as unknown
  return Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
    : [data.json]
}
