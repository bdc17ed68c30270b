import { readNumber } from './query.ts'
import type { QueueStore } from './queue-store.ts'
import type { Operation } from './service-call.ts'
import { ServiceError } from './service-error.ts'
import { readXml, toXml } from './xml.ts'

const mostQueues = 5000

/** List Queues. */
export const listQueues: Operation<QueueStore> = ({ query }, store) => {
  const prefix = query.get('prefix') ?? ''
  const marker = query.get('marker') ?? ''
  const most = readNumber(query, 'maxresults', { min: 1, max: 2 ** 31 - 1, byDefault: mostQueues })
  const includes = (query.get('include') ?? '').toLowerCase().split(',')
  const queues = store.all().filter(({ name }) => name.startsWith(prefix) && name >= marker)
  const page = queues.slice(0, Math.min(most, mostQueues))
  const body = toXml({
    EnumerationResults: {
      Prefix: prefix,
      Marker: marker,
      MaxResults: String(most),
      Queues: {
        Queue: page.map(({ name, metadata }) => ({
          Name: name,
          ...(includes.includes('metadata') ? { Metadata: Object.fromEntries(metadata) } : {}),
        })),
      },
      NextMarker: queues[page.length]?.name ?? '',
    },
  })
  return { status: 200, body }
}

/** Get Queue Service Properties. */
export const getServiceProperties: Operation<QueueStore> = (_call, { properties }) => ({
  status: 200,
  body: toXml({ StorageServiceProperties: properties }),
})

/** Set Queue Service Properties: the sections that are given. They are kept and change nothing. */
export const setServiceProperties: Operation<QueueStore> = ({ body }, store) => {
  const given = readXml(body, 'StorageServiceProperties')
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(store.properties, name))
  if (unknown !== undefined) throw new ServiceError('InvalidXmlDocument', { XmlNodeName: unknown })
  store.properties = { ...store.properties, ...given }
  return { status: 202 }
}
