import type { RestClient } from '../client/rest-client.ts'
import { messageOf } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { DocumentWriter } from './document-writer.ts'
import type { TransferCounts, TransferFilter } from './export-account.ts'
import { readLines } from './read-lines.ts'
import type { NumberedLine } from './read-lines.ts'
import { formatVersion, readLine, smallResources } from './transfer-line.ts'
import type { SmallResourceKind, TransferLine } from './transfer-line.ts'

const exists = 409

/** How to import. */
export interface ImportOptions {
  filter: TransferFilter
  counts: TransferCounts
  /** Told of each line that could not be imported; the import goes on. Where absent, it ends with the first. */
  onBadLine?: (line: number, reason: string) => void
}

/** Reads an export into an account: what is missing is made, documents and scripts that are there are replaced. @throws Error with the line's number, or for an export without what the filter names */
export async function importAccount(
  client: RestClient,
  source: AsyncIterable<Buffer>,
  options: ImportOptions,
): Promise<void> {
  const importer = new Importer(client, options)
  let lineCount = 0
  for await (const line of readLines(source)) {
    lineCount += 1
    try {
      await importer.take(line.number, readLine(line.text))
    } catch (error) {
      importer.complain(line, error)
    }
  }
  await importer.end()
  if (lineCount === 0)
    throw new Error(`There is nothing in it: an export begins with {"cosmosExport":${formatVersion}}.`)
  for (const kind of ['database', 'container'] as const)
    if (options.filter[kind] !== undefined && options.counts[kind] === undefined)
      throw new Error(`There is no ${kind} '${options.filter[kind]}' in this export.`)
}

class Importer {
  readonly #client: RestClient
  readonly #options: ImportOptions
  /** Where the next line belongs; undefined where the filter leaves it out. */
  #databasePath: string[] | undefined
  #containerPath: string[] | undefined
  #writer: DocumentWriter | undefined
  #isInDatabase = false
  #isInContainer = false

  constructor(client: RestClient, options: ImportOptions) {
    this.#client = client
    this.#options = options
  }

  async take(number: number, line: TransferLine): Promise<void> {
    switch (line.kind) {
      case 'cosmosExport':
        if (line.version !== formatVersion)
          throw new Error(`It is of format ${String(line.version)}; this emulator reads ${formatVersion}.`)
        break
      case 'database':
        await this.#openDatabase(line.body, line.offer)
        break
      case 'container':
        await this.#openContainer(line.body, line.offer)
        break
      case 'document':
        if (!this.#isInContainer) throw new Error('A document must follow its container.')
        await this.#writer?.add(number, line.body)
        break
      case 'clientEncryptionKey':
      case 'storedProcedure':
      case 'trigger':
      case 'userDefinedFunction':
        await this.#putSmall(line.kind, line.body)
        break
    }
  }

  /** Ends the import with this line's number, or notes it and goes on. */
  complain({ number }: Pick<NumberedLine, 'number'>, error: unknown): void {
    if (error instanceof LineError) throw error
    const { onBadLine } = this.#options
    if (!onBadLine) throw new LineError(number, messageOf(error))
    onBadLine(number, messageOf(error))
  }

  async end(): Promise<void> {
    await this.#writer?.end()
    this.#writer = undefined
  }

  async #openDatabase(body: JsonObject & { id: string }, offer?: JsonObject): Promise<void> {
    await this.end()
    this.#isInDatabase = true
    this.#isInContainer = false
    this.#databasePath = undefined
    const { database } = this.#options.filter
    if (database !== undefined && body.id !== database) return
    await this.#client.send('POST', ['dbs'], {
      body: { id: body.id },
      headers: offerHeaders(offer),
      accepts: [exists],
    })
    this.#databasePath = ['dbs', body.id]
    this.#count('database')
  }

  async #openContainer(body: JsonObject & { id: string }, offer?: JsonObject): Promise<void> {
    await this.end()
    if (!this.#isInDatabase) throw new Error('A container must follow its database.')
    this.#isInContainer = true
    this.#containerPath = undefined
    const { container } = this.#options.filter
    if (!this.#databasePath || (container !== undefined && body.id !== container)) return
    const path = [...this.#databasePath, 'colls', body.id]
    await this.#client.send('POST', path.slice(0, -1), {
      body,
      headers: offerHeaders(offer),
      accepts: [exists],
    })
    const { body: found } = await this.#client.send('GET', path)
    const [wanted, there] = [pathsOf(body), pathsOf(found as JsonObject)]
    if (wanted !== there)
      throw new Error(
        `The container '${body.id}' is there with the partition key ${there}, not ${wanted}: delete it, or import into another database.`,
      )
    this.#containerPath = path
    this.#writer = await DocumentWriter.open(this.#client, path, {
      onWritten: (count) => this.#count('document', count),
      onBadLine: (number, reason) => this.complain({ number }, new Error(reason)),
    })
    this.#count('container')
  }

  async #putSmall(kind: SmallResourceKind, body: JsonObject & { id: string }): Promise<void> {
    const { of, part } = smallResources[kind]
    if (of === 'container' ? !this.#isInContainer : !this.#isInDatabase)
      throw new Error(`A ${kind} must follow its ${of}.`)
    const owner = of === 'container' ? this.#containerPath : this.#databasePath
    if (!owner) return
    const { status } = await this.#client.send('POST', [...owner, part], { body, accepts: [exists] })
    if (status === exists) await this.#client.send('PUT', [...owner, part, body.id], { body })
    this.#count(kind)
  }

  #count(kind: TransferLine['kind'], count = 1): void {
    const { counts } = this.#options
    counts[kind] = (counts[kind] ?? 0) + count
  }
}

class LineError extends Error {
  constructor(number: number, reason: string) {
    super(`Line ${number}: ${reason}`)
    this.name = 'LineError'
  }
}

function offerHeaders(offer: JsonObject | undefined): Record<string, string> {
  const autopilot = offer?.offerAutopilotSettings as { maxThroughput?: unknown } | undefined
  if (autopilot)
    return {
      'x-ms-cosmos-offer-autopilot-settings': JSON.stringify({ maxThroughput: autopilot.maxThroughput }),
    }
  return offer?.offerThroughput === undefined
    ? {}
    : { 'x-ms-offer-throughput': String(offer.offerThroughput) }
}

function pathsOf({ partitionKey }: JsonObject): string {
  return JSON.stringify((partitionKey as { paths?: unknown } | undefined)?.paths ?? ['/_partitionKey'])
}
