/** Where an app's orchestrations are kept: Azure Storage (host.json as it stands), or a Durable Task Scheduler. */
export type DurableBackend = 'storage' | 'dts'

/** The back end that a word names; none is Azure Storage. @throws Error for any other word */
export function parseDurableBackend(word: string | undefined): DurableBackend {
  const backend = word || 'storage'
  if (backend === 'storage' || backend === 'dts') return backend
  throw new Error(`ZOETROPE_DURABLE_BACKEND is "${backend}": there are storage and dts.`)
}

/**
 * The host.json that goes into a package. It must say the back end itself: what scales the app from zero reads the file, not the app settings that
 * may override it. An app without orchestrations has the same for both.
 */
export function hostJsonFor(hostJson: string, backend: DurableBackend): string {
  const host = JSON.parse(hostJson) as { extensions?: { durableTask?: Record<string, unknown> } }
  const durableTask = host.extensions?.durableTask
  if (backend === 'storage' || durableTask === undefined) return hostJson
  durableTask['storageProvider'] = {
    type: 'azureManaged',
    connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  }
  return `${JSON.stringify(host, null, 2)}\n`
}
