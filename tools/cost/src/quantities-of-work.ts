import type { Quantities } from './price-list.ts'
import type { WorkSample } from './work-sample.ts'

/** Size of an app's instances, as the infrastructure has it. */
export interface InstanceSize {
  /** `flex`: Flex Consumption, billed by memory; `container`: Container Apps, by processor and memory. */
  readonly kind: 'flex' | 'container'
  readonly memoryGb: number
  readonly cores: number
}

/** What the quantities hang on besides the work. */
export interface Deployment {
  readonly sizes: ReadonlyMap<string, InstanceSize>
  /** Apps whose time is spent on the processor: on fewer cores they take longer. */
  readonly nativeApps: ReadonlySet<string>
  readonly isCosmosServerless: boolean
  readonly durableBackend: 'dts' | 'storage'
}

/** Flex Consumption bills a second at least for each execution. */
export const minBilledSeconds = 1
const gigabyte = 1e9
/** What an action costs a durable back end on Azure Storage: its message put, got and deleted; history and instance written. */
const stateOperations = { queue: 3, table: 4 }

/**
 * What a number of equal pieces of work takes of every meter, in one month, with what it left stored for that month.
 *
 * Executions are billed one by one here; in truth those that share an instance at the same time share its bill, so that a
 * busy system costs less than this.
 */
export function quantitiesOfWork(
  sample: WorkSample,
  count: number,
  deployment: Deployment & { readonly measuredCores: number },
): Quantities {
  const compute = { gbSeconds: 0, executions: 0, containerCoreSeconds: 0, containerGbSeconds: 0 }
  for (const [name, app] of Object.entries(sample.apps)) {
    const size = deployment.sizes.get(name)
    if (!size) throw new Error(`The infrastructure has no app "${name}": measure the work anew.`)
    const slowdown = deployment.nativeApps.has(name) ? deployment.measuredCores / size.cores : 1
    const seconds = app.seconds * slowdown
    if (size.kind === 'container') {
      compute.containerCoreSeconds += seconds * size.cores
      compute.containerGbSeconds += seconds * size.memoryGb
      continue
    }
    compute.gbSeconds += Math.max(seconds, app.executions * minBilledSeconds) * size.memoryGb
    compute.executions += app.executions
  }
  const { primary, replica } = sample.requestUnits
  const isDts = deployment.durableBackend === 'dts'
  return scale(count, {
    'function.executions': compute.executions,
    'function.gbSeconds': compute.gbSeconds,
    'container.coreSeconds': compute.containerCoreSeconds,
    'container.gbSeconds': compute.containerGbSeconds,
    'durable.actions': isDts ? sample.durableActions : 0,
    'cosmos.serverlessRequestUnits': deployment.isCosmosServerless ? primary + replica : 0,
    'cosmos.storedGbMonths': (2 * sample.storedBytes.documents) / gigabyte,
    'blob.writes': sample.blob.writes,
    'blob.reads': sample.blob.reads,
    'blob.storedGbMonths': sample.storedBytes.blobs / gigabyte,
    'queue.operations': sample.queueOperations + (isDts ? 0 : sample.durableActions * stateOperations.queue),
    'table.operations': isDts ? 0 : sample.durableActions * stateOperations.table,
    'eventGrid.operations': sample.storageEvents,
    'logs.gb': sample.logBytes / gigabyte,
  })
}

function scale(count: number, quantities: Quantities): Quantities {
  return Object.fromEntries(Object.entries(quantities).map(([meter, quantity]) => [meter, quantity * count]))
}
