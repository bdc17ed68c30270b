import assert from 'node:assert/strict'

import type { RawAnswer } from '../signed-request.ts'
import type { Send } from './child-emulator.ts'

/** The paths of the containers that writers share. */
export const database = '/dbs/media'

/** One writer (or reader) that goes on until the emulator is gone, and knows what must be there when it is back. */
export interface Lane {
  name: string
  /** Makes its containers, once, before the first kill. */
  prepare: (send: Send) => Promise<void>
  /** One acknowledged step. Rejects when the emulator is gone in its midst. */
  step: (send: Send) => Promise<void>
  /** Compares what is stored with what was acknowledged, and goes on from what is stored. Throws where they differ. */
  verify: (send: Send) => Promise<void>
}

/** What a thing may be: one value when it is known, two while a write of it is under way. */
export class Ledger<T> {
  readonly #possible = new Map<string, (T | undefined)[]>()

  /** The known value; undefined for what is not there. */
  known(id: string): T | undefined {
    return this.#possible.get(id)?.[0]
  }

  ids(): string[] {
    return [...this.#possible.keys()]
  }

  /** Runs a write, after which `id` has this value; while it runs, and when it fails, the old one is as possible. */
  async write(id: string, value: T | undefined, run: () => Promise<void>): Promise<void> {
    this.#possible.set(id, [this.known(id), value])
    await run()
    this.#possible.set(id, [value])
  }

  /** Holds what is stored against what is possible. */
  verify(stored: ReadonlyMap<string, T>, what: string): void {
    for (const id of new Set([...this.#possible.keys(), ...stored.keys()])) {
      const possible = this.#possible.get(id) ?? [undefined]
      const actual = stored.get(id)
      const isPossible = possible.some((value) => JSON.stringify(value) === JSON.stringify(actual))
      assert.ok(
        isPossible,
        `${what} '${id}' is ${JSON.stringify(actual)}, not one of ${JSON.stringify(possible)}.`,
      )
      this.#possible.set(id, [actual])
    }
  }
}

/** Checks the status of an answer. */
export function expectStatus(answer: RawAnswer, ...statuses: number[]): RawAnswer {
  assert.ok(
    statuses.includes(answer.status),
    `${answer.status} instead of ${statuses.join(' or ')}: ${answer.text}`,
  )
  return answer
}

/** The header that names a partition. */
export function keyOf(partition: string): Record<string, string> {
  return { 'x-ms-documentdb-partitionkey': JSON.stringify([partition]) }
}

/** Makes a container unless it is there. */
export async function makeContainer(send: Send, id: string, definition: object = {}): Promise<void> {
  expectStatus(await send('POST', '/dbs', { body: '{"id":"media"}' }), 201, 409)
  const partitionKey = { paths: ['/tenantId'], kind: 'Hash', version: 2 }
  const body = JSON.stringify({ id, partitionKey, ...definition })
  expectStatus(await send('POST', `${database}/colls`, { body }), 201, 409)
}

/** Every row of a query, over as many pages as it has. */
export async function queryAll<T>(
  send: Send,
  container: string,
  query: string,
  partition?: string,
): Promise<T[]> {
  const rows: T[] = []
  let continuation: string | undefined
  do {
    const answer = await send('POST', `${database}/colls/${container}/docs`, {
      headers: {
        'x-ms-documentdb-isquery': 'true',
        'content-type': 'application/query+json',
        'x-ms-max-item-count': '1000',
        ...(partition === undefined ? {} : keyOf(partition)),
        ...(continuation === undefined ? {} : { 'x-ms-continuation': continuation }),
      },
      body: JSON.stringify({ query }),
    })
    rows.push(...(expectStatus(answer, 200).json as { Documents: T[] }).Documents)
    continuation = answer.headers['x-ms-continuation']
  } while (continuation !== undefined)
  return rows
}
