import { randomBytes } from 'node:crypto'

/** Kinds of small resources, by the name in their paths. */
export type ResourceKind = 'users' | 'permissions' | 'clientencryptionkeys' | 'sprocs' | 'triggers' | 'udfs'

// Clients decode these: a database is 4 bytes, what is in it 8, what is in that 16; '/' is written as '-'.
// The first bit of the second 4 bytes tells a container (1) from a user (0); the last half byte tells what is in a container.

/** A new `_rid` for a database: random, so that data made anew is never taken for the old. */
export function newDatabaseRid(): string {
  return encode(randomBytes(4))
}

/** A new `_rid` for a container of this database. */
export function newContainerRid(databaseRid: string): string {
  const [first = 0, ...others] = randomBytes(4)
  return encode(Buffer.concat([decode(databaseRid), Buffer.from([first | 0x80, ...others])]))
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

/** The etag of the version of a document that the write with this lsn made. */
export function documentEtag(containerRid: string, lsn: number): string {
  const containerPart = decode(containerRid).subarray(4).toString('hex')
  return `"${containerPart}-0000-0d00-0000-${lsn.toString(16).padStart(12, '0')}"`
}

/** The `_rid` of the physical partition with this number in a container. */
export function keyRangeRid(containerRid: string, number: number): string {
  return childRid(containerRid, inContainer('pkranges', number))
}

/** A new `_rid` for a small resource of a database, a user or a container. */
export function newResourceRid(parentRid: string, kind: ResourceKind): string {
  const [first = 0, ...others] = randomBytes(4)
  const bytes = Buffer.from([first & 0x7f, ...others])
  switch (kind) {
    case 'users':
      return childRid(parentRid, bytes)
    case 'clientencryptionkeys':
      return childRid(parentRid, Buffer.concat([Buffer.alloc(4), bytes, Buffer.from([2, 0, 0, 0])]))
    case 'permissions':
      return childRid(parentRid, randomBytes(8))
    case 'sprocs':
    case 'triggers':
    case 'udfs':
      return childRid(parentRid, inContainer(kind, randomBytes(4).readUInt32LE()))
  }
}

const kindsInContainer = { conflicts: 4, pkranges: 5, udfs: 6, triggers: 7, sprocs: 8 } as const

function inContainer(kind: keyof typeof kindsInContainer, number: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(number)
  bytes.writeUInt8(kindsInContainer[kind] << 4, 7)
  return bytes
}

function childRid(parentRid: string, bytes: Buffer): string {
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
