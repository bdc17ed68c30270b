import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import type { BlobContainer, QueueSender } from '@zoetrope/blobs'
import { blobContainer, connectStorage, queueSender } from '@zoetrope/blobs'
import type { BlobContainerName, QueueName } from '@zoetrope/contracts'
import { blobContainerNames, queueNames } from '@zoetrope/contracts'

/** A running Azurite, with every container and queue of the product, empty. */
export interface RunningAzurite extends AsyncDisposable {
  readonly connectionString: string
  blobs(container: BlobContainerName): BlobContainer
  readonly queue: QueueSender
  /** Takes every message that is on a queue, parsed. */
  takeMessages(queue: QueueName): Promise<Record<string, unknown>[]>
}

const startMs = 30_000
const services = ['Blob', 'Queue'] as const
/** The account that every Azurite has. */
const accountName = 'devstoreaccount1'
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

type QueueClient = ReturnType<ReturnType<typeof connectStorage>['queues']['getQueueClient']>

/** Starts the real Azurite (blobs and queues) as a process of its own, on free ports, in memory. */
export async function startAzurite(): Promise<RunningAzurite> {
  const require = createRequire(import.meta.url)
  const program = require.resolve('azurite/dist/src/azurite.js')
  const flags = [
    '--inMemoryPersistence',
    '--extentMemoryLimit',
    '512',
    '--skipApiVersionCheck',
    '--disableTelemetry',
  ]
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0']
  const child = spawn(process.execPath, [program, ...flags, ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const close = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  try {
    const [blobUrl, queueUrl] = await readAddresses(child.stdout)
    const connectionString = [
      `DefaultEndpointsProtocol=http;AccountName=${accountName};AccountKey=${accountKey}`,
      `BlobEndpoint=${blobUrl}/${accountName};QueueEndpoint=${queueUrl}/${accountName};`,
    ].join(';')
    const account = connectStorage({ name: 'ZOETROPE_STORAGE', connectionString, endpoints: {} })
    for (const name of blobContainerNames) await account.blobs.getContainerClient(name).create()
    for (const name of queueNames.flatMap((queue) => [queue, `${queue}-poison`]))
      await account.queues.getQueueClient(name).create()
    return {
      connectionString,
      blobs: (container) => blobContainer(account, container),
      queue: queueSender(account),
      takeMessages: (queue) => takeMessages(account.queues.getQueueClient(queue)),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Azurite says where each service listens. */
async function readAddresses(output: Readable): Promise<string[]> {
  const addresses = new Map<string, string>()
  const timer = setTimeout(() => output.destroy(), startMs)
  for await (const line of createInterface({ input: output })) {
    const [, service, address] = /Azurite (\w+) service is successfully listening at (\S+)/.exec(line) ?? []
    if (service && address) addresses.set(service, address)
    if (services.every((name) => addresses.has(name))) break
  }
  clearTimeout(timer)
  // What it says later is read and dropped, so that the pipe never fills.
  output.resume()
  const found = services.map((name) => addresses.get(name))
  assert(!found.includes(undefined), 'Azurite did not start.')
  return found.map(String)
}

async function takeMessages(queue: QueueClient): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = []
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 })
    if (receivedMessageItems.length === 0) return bodies
    for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
      bodies.push(JSON.parse(Buffer.from(messageText, 'base64').toString()) as Record<string, unknown>)
      await queue.deleteMessage(messageId, popReceipt)
    }
  }
}
