import { stringify } from './json.ts'

/** A number of a host.json, and why it is what it is: a row of docs/operations/tuning.md. */
export interface HostNumber {
  /** Path in host.json, with dots. */
  readonly name: string
  readonly value: number | string
  readonly why: string
}

/** What a new app starts with. */
export const appNumbers: readonly HostNumber[] = [
  {
    name: 'functionTimeout',
    value: '00:10:00',
    why: 'As a new app has it: what it does at once ends well within it, and what takes longer is cut into messages.',
  },
]

/** What an app starts with that begins to listen to queues. */
export const queueNumbers: readonly HostNumber[] = [
  {
    name: 'extensions.queues.batchSize',
    value: 8,
    why: 'As an app has it that begins to listen to queues: messages that wait for storage and databases, not for a processor.',
  },
  {
    name: 'extensions.queues.newBatchThreshold',
    value: 4,
    why: 'Half of the batch: the queue is asked again before the instance runs dry.',
  },
  {
    name: 'extensions.queues.maxDequeueCount',
    value: 5,
    why: 'What failed five times goes to the poison queue, where an alert tells of it.',
  },
  {
    name: 'extensions.queues.visibilityTimeout',
    value: '00:00:05',
    why: 'After a failure the message comes back in 5 s: long enough for a database that throttles.',
  },
  {
    name: 'extensions.queues.maxPollingInterval',
    value: '00:00:05',
    why: 'How late a message is seen at most by an idle instance; each look costs a storage transaction.',
  },
]

interface HostFile {
  readonly extensions?: { readonly queues?: object }
}

/** Whether a host.json says how the app's queues are listened to. */
export function saysQueues(hostFile: string): boolean {
  return (JSON.parse(hostFile) as HostFile).extensions?.queues !== undefined
}

/** Adds the numbers for queues to a host.json. */
export function addQueueNumbers(hostFile: string): string {
  const host = JSON.parse(hostFile) as HostFile
  const queues = Object.fromEntries(queueNumbers.map(({ name, value }) => [name.split('.').at(-1), value]))
  return stringify({ ...host, extensions: { ...host.extensions, queues } })
}
