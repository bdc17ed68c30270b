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

/** The number of the document with this `_rid`; undefined where it is none of this container's. */
export function documentNumber(containerRid: string, rid: string): number | undefined {
  const [container, bytes] = [decode(containerRid), decode(rid)]
  if (bytes.length !== container.length + 8 || !bytes.subarray(0, container.length).equals(container))
    return undefined
  return Number(bytes.readBigUInt64LE(container.length))
}

/** The `_rid` of a resource under another one. */
export function childRid(parentRid: string, bytes: Buffer): string {
  return encode(Buffer.concat([decode(parentRid), bytes]))
}

/** A new id for an offer, in small letters: that is how its path is signed. */
export function newOfferId(): string {
  return randomBytes(6).toString('hex')
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-')
}

function decode(rid: string): Buffer {
  return Buffer.from(rid.replaceAll('-', '/'), 'base64')
}
