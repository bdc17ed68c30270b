import { setTimeout as wait } from 'node:timers/promises'

import type { RestClient } from '../client/rest-client.ts'
import type { JsonObject } from '../json.ts'
import { effectiveKey } from '../partition/effective-key.ts'
import type { KeyRange } from '../partition/key-ranges.ts'
import { extractKey } from '../partition/partition-key.ts'
import type { PartitionKeyDefinition } from '../partition/partition-key.ts'

const mostOperations = 100
const mostBytes = 1024 * 1024
const mostRounds = 30
const mostSplits = 30
const triedAgain = new Set([408, 424, 429, 449, 503])
const gone = 410

interface Operation {
  line: number
  partitionKey: string
  resourceBody: JsonObject
}

interface Listener {
  onWritten: (count: number) => void
  /** May throw, to end the import. */
  onBadLine: (line: number, reason: string) => void
}

/** Upserts documents into one container in bulk: a request at a time for each range, so that of two lines of one document the last wins. */
export class DocumentWriter {
  readonly #client: RestClient
  readonly #path: readonly string[]
  readonly #definition: PartitionKeyDefinition
  readonly #listener: Listener
  readonly #waiting = new Map<string, { operations: Operation[]; bytes: number }>()
  readonly #sending = new Map<string, Promise<void>>()
  #ranges: KeyRange[]
  #failure: Error | undefined

  private constructor(
    client: RestClient,
    path: readonly string[],
    listener: Listener,
    found: { definition: PartitionKeyDefinition; ranges: KeyRange[] },
  ) {
    this.#client = client
    this.#path = path
    this.#listener = listener
    this.#definition = found.definition
    this.#ranges = found.ranges
  }

  static async open(
    client: RestClient,
    path: readonly string[],
    listener: Listener,
  ): Promise<DocumentWriter> {
    const { body } = await client.send('GET', path)
    const { partitionKey } = body as { partitionKey: PartitionKeyDefinition }
    const ranges = await readRanges(client, path)
    return new DocumentWriter(client, path, listener, { definition: partitionKey, ranges })
  }

  /** Takes a document; waits where its range has not taken the last request yet. */
  async add(line: number, document: JsonObject): Promise<void> {
    const key = extractKey(document, this.#definition)
    const range = this.#rangeOf(effectiveKey(key.parts, this.#definition))
    const batch = this.#waiting.get(range) ?? { operations: [], bytes: 0 }
    this.#waiting.set(range, batch)
    batch.operations.push({ line, partitionKey: key.text, resourceBody: document })
    batch.bytes += JSON.stringify(document).length
    if (batch.operations.length < mostOperations && batch.bytes < mostBytes) return
    this.#waiting.delete(range)
    await this.#start(range, batch.operations)
  }

  /** Sends what still waits. @throws Error of the first line that could not be written */
  async end(): Promise<void> {
    for (const [range, { operations }] of this.#waiting) await this.#start(range, operations)
    this.#waiting.clear()
    await Promise.all(this.#sending.values())
    if (this.#failure) throw this.#failure
  }

  async #start(range: string, operations: Operation[]): Promise<void> {
    await this.#sending.get(range)
    if (this.#failure) throw this.#failure
    const sending = this.#send(range, operations).catch((error: Error) => {
      this.#failure ??= error
    })
    this.#sending.set(range, sending)
  }

  /** `splits` counts how often the ranges have changed under these operations. */
  async #send(range: string, operations: Operation[], splits = 0): Promise<void> {
    let left = operations
    for (let round = 1; left.length > 0; round += 1) {
      const { status, body } = await this.#client.send('POST', [...this.#path, 'docs'], {
        headers: {
          'x-ms-cosmos-is-batch-request': 'true',
          'x-ms-cosmos-batch-atomic': 'false',
          'x-ms-cosmos-batch-continue-on-error': 'true',
          'x-ms-documentdb-partitionkeyrangeid': range,
        },
        body: left.map(({ partitionKey, resourceBody }) => ({
          operationType: 'Upsert',
          partitionKey,
          resourceBody,
        })),
        accepts: [gone],
      })
      // The range was split: its documents go where they belong now.
      if (status === gone) return this.#sendAnew(left, splits + 1)
      left = this.#takeResults(left, body as { statusCode: number; message?: string }[], round)
      if (left.length > 0) await wait(Math.min(100 * round, 5000))
    }
    return undefined
  }

  /** @returns the operations to be tried again */
  #takeResults(
    operations: Operation[],
    results: { statusCode: number; message?: string }[],
    round: number,
  ): Operation[] {
    const again: Operation[] = []
    let written = 0
    for (const [index, operation] of operations.entries()) {
      const { statusCode = 0, message = '' } = results[index] ?? {}
      if (statusCode >= 200 && statusCode < 300) written += 1
      else if (triedAgain.has(statusCode) && round < mostRounds) again.push(operation)
      else
        this.#listener.onBadLine(
          operation.line,
          `The document was answered ${statusCode}${reasonOf(statusCode, message)}`,
        )
    }
    this.#listener.onWritten(written)
    return again
  }

  async #sendAnew(operations: Operation[], splits: number): Promise<void> {
    if (splits > mostSplits)
      throw new Error(
        `The partition key ranges of ${this.#path.join('/')} do not stay as they are: try again later.`,
      )
    this.#ranges = await readRanges(this.#client, this.#path)
    const byRange = Map.groupBy(operations, ({ resourceBody }) =>
      this.#rangeOf(effectiveKey(extractKey(resourceBody, this.#definition).parts, this.#definition)),
    )
    for (const [range, own] of byRange) await this.#send(range, own, splits)
  }

  #rangeOf(key: string): string {
    const range = this.#ranges.find(
      ({ minInclusive, maxExclusive }) => key >= minInclusive && key < maxExclusive,
    )
    return range?.id ?? '0'
  }
}

async function readRanges(client: RestClient, path: readonly string[]): Promise<KeyRange[]> {
  const ranges: KeyRange[] = []
  for await (const range of client.feed([...path, 'pkranges'], 'PartitionKeyRanges'))
    ranges.push(range as unknown as KeyRange)
  return ranges
}

function reasonOf(status: number, message: string): string {
  if (message !== '') return `: ${message}`
  if (status === 409) return ': a unique key of it is taken.'
  return status === 413 ? ': it is larger than 2 MB.' : '.'
}
