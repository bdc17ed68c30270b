import type { AppSettings } from '../config/app-settings.ts'
import { connectBlobs } from '../storage/connections.ts'
import { HostError } from '../errors.ts'
import type { BlockBlobClient } from '@azure/storage-blob'
import type { BindingData, BindingTemplate } from './binding-expression.ts'
import type { BindingProperties } from './binding-properties.ts'

/** A blob by its place. */
export interface BlobPlace {
  readonly containerName: string
  readonly blobName: string
}

/** Parts a bound path `container/name` at its first slash. @throws HostError when a part is missing */
export function toBlobPlace(path: BindingTemplate, data: BindingData, title: string): BlobPlace {
  const text = path.bind(data)
  const slash = text.indexOf('/')
  const [containerName, blobName] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash < 1 || blobName === '')
    throw new HostError(`The path "${text}" of the ${title} is no path of a blob. Write container/name.`)
  return { containerName, blobName }
}

/** The path of a blob binding. @throws HostError when there is none, or when it can never be one */
export function requiredPath(properties: BindingProperties): BindingTemplate {
  const path = properties.requiredTemplate('path')
  const text = properties.requiredText('path')
  if (!text.includes('{') && !/^[^/]+\/./.test(text))
    throw new HostError(
      `The path "${text}" of the ${properties.title} is no path of a blob. Write container/name.`,
    )
  return path
}

/** The blob behind a connection. */
export async function connectBlob(
  settings: AppSettings,
  connection: string,
  { containerName, blobName }: BlobPlace,
): Promise<BlockBlobClient> {
  const service = await connectBlobs(settings, connection)
  return service.getContainerClient(containerName).getBlockBlobClient(blobName)
}
