import { randomBytes } from 'node:crypto'

// Clients decode these: a database is 4 bytes, a container 8, a document 16; '/' is written as '-'.

/** A new `_rid` for a database: random, so that data made anew is never taken for the old. */
export function newDatabaseRid(): string {
  return encode(randomBytes(4))
}

/** A new `_rid` for a container of this database. */
export function newContainerRid(databaseRid: string): string {
  return encode(Buffer.concat([decode(databaseRid), randomBytes(4)]))
}

/** The `_rid` of the document with this number in a container. */
export function documentRid(containerRid: string, number: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(number))
  return encode(Buffer.concat([decode(containerRid), bytes]))
}

/** The `_rid` of a resource under another one. */
export function childRid(parentRid: string, bytes: Buffer): string {
  return encode(Buffer.concat([decode(parentRid), bytes]))
}

/** A new id for an offer. */
export function newOfferId(): string {
  return randomBytes(3).toString('hex').slice(0, 4)
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-')
}

function decode(rid: string): Buffer {
  return Buffer.from(rid.replaceAll('-', '/'), 'base64')
}
