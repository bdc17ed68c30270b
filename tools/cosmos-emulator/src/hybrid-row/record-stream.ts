import { crc32 } from 'node:zlib'

import { badRequest } from '../errors.ts'
import { ByteReader } from './byte-reader.ts'
import { rowVersion } from './row-schema.ts'

const segmentSchemaId = 2147473648
const recordSchemaId = 2147473649
const segmentHeadBytes = 10
const recordHeadBytes = 13

/** Whether a body is a stream of records: rows in binary, where other clients send JSON. */
export function isRecordStream(body: Buffer): boolean {
  return body[0] === rowVersion
}

/**
 * Cuts a stream of records into the rows that it holds, each under a head with its length and its check sum.
 * @throws ServiceError 400 for a stream that is cut off, or whose check sum does not hold
 */
export function readRecords(body: Buffer): Buffer[] {
  const reader = new ByteReader(body)
  const records: Buffer[] = []
  while (!reader.isAtEnd) {
    const version = reader.uint8()
    const schemaId = reader.int32()
    if (version !== rowVersion) throw badRequest('The binary body is not a stream of records.')
    if (schemaId === segmentSchemaId) {
      reader.uint8()
      // A segment may carry a comment and a schema behind its length; nothing of it is needed.
      reader.take(reader.int32() - segmentHeadBytes)
    } else if (schemaId === recordSchemaId) {
      const size = reader.int32()
      const checkSum = reader.uint32()
      const record = reader.take(size)
      if (crc32(record) !== checkSum)
        throw badRequest('The check sum of a record of the binary body is wrong.')
      records.push(record)
    } else throw badRequest(`The binary body holds a part of the unknown schema ${schemaId}.`)
  }
  return records
}

/** Writes rows as one stream of records. */
export function writeRecords(records: readonly Buffer[]): Buffer {
  const segment = Buffer.alloc(segmentHeadBytes)
  segment.writeUInt8(rowVersion)
  segment.writeInt32LE(segmentSchemaId, 1)
  segment.writeUInt8(1, 5)
  segment.writeInt32LE(segmentHeadBytes, 6)
  return Buffer.concat([segment, ...records.flatMap((record) => [recordHead(record), record])])
}

function recordHead(record: Buffer): Buffer {
  const head = Buffer.alloc(recordHeadBytes)
  head.writeUInt8(rowVersion)
  head.writeInt32LE(recordSchemaId, 1)
  head.writeInt32LE(record.length, 5)
  head.writeUInt32LE(crc32(record), 9)
  return head
}
