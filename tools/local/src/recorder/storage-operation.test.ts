import { describe, expect, it } from '@jest/globals'

import { UnknownOperationError } from './data-operation.ts'
import { blobRules, queueRules, tableRules } from './storage-rules.ts'
import { readStorageOperation } from './storage-operation.ts'
import type { StorageService } from './storage-operation.ts'

const account = '/devstoreaccount1'
const copySource = { 'x-ms-copy-source': 'http://127.0.0.1/devstoreaccount1/uploads/a' }

describe('an operation on blobs', () => {
  it.each([
    ['GET', '?comp=list', 'account', 'ListContainers'],
    ['PUT', '?restype=service&comp=properties', 'account', 'SetBlobServiceProperties'],
    ['POST', '?restype=service&comp=userdelegationkey', 'account', 'GetUserDelegationKey'],
    ['GET', '/?restype=account&comp=properties', 'account', 'GetAccountInformation'],
    ['PUT', '/uploads?restype=container', 'blob:uploads', 'CreateContainer'],
    ['GET', '/uploads?restype=container&comp=list&prefix=a%2Fb', 'blob:uploads', 'ListBlobs'],
    ['HEAD', '/uploads?restype=container', 'blob:uploads', 'GetContainerProperties'],
    ['GET', '/uploads/ten/ast/upl', 'blob:uploads', 'GetBlob'],
    ['HEAD', '/uploads/ten/a%20b', 'blob:uploads', 'GetBlobProperties'],
    ['DELETE', '/work/x', 'blob:work', 'DeleteBlob'],
    ['PUT', '/renditions/x?comp=metadata', 'blob:renditions', 'SetBlobMetadata'],
    ['PUT', '/renditions/x?comp=block&blockid=MQ%3D%3D', 'blob:renditions', 'PutBlock'],
    ['PUT', '/renditions/x?comp=blocklist', 'blob:renditions', 'PutBlockList'],
    ['PUT', '/azure-webjobs-hosts/locks/x?comp=lease', 'blob:azure-webjobs-hosts', 'LeaseBlob'],
    ['PUT', '/uploads/x?sv=2026-01-01&sig=a&comp=block', 'blob:uploads', 'PutBlock'],
    ['GET', '/favicon.ico', 'blob:$root', 'GetBlob'],
  ])('%s %s is of %s: %s', (method, path, resource, operation) => {
    expect(readStorageOperation('blob', { method, url: `${account}${path}`, headers: {} })).toEqual({
      resource,
      operation,
    })
  })

  it.each([
    [{ 'x-ms-blob-type': 'BlockBlob' }, '', 'PutBlob'],
    [{ ...copySource, 'x-ms-blob-type': 'BlockBlob' }, '', 'PutBlobFromURL'],
    [copySource, '', 'CopyBlob'],
    [{ ...copySource, 'x-ms-requires-sync': 'true' }, '', 'CopyBlobFromURL'],
    [copySource, '?comp=block&blockid=MQ%3D%3D', 'PutBlockFromURL'],
  ])('is told by its headers: PUT with %p%s is %s', (headers, query, operation) => {
    const url = `${account}/uploads/x${query}`

    expect(readStorageOperation('blob', { method: 'PUT', url, headers }).operation).toBe(operation)
  })
})

describe('an operation on queues', () => {
  it.each([
    ['GET', '?comp=list', 'account', 'ListQueues'],
    ['PUT', '/job-starts', 'queue:job-starts', 'CreateQueue'],
    ['GET', '/job-starts?comp=metadata', 'queue:job-starts', 'GetQueueMetadata'],
    ['HEAD', '/job-starts?comp=metadata', 'queue:job-starts', 'GetQueueMetadata'],
    ['POST', '/job-starts/messages?visibilitytimeout=5', 'queue:job-starts', 'PutMessage'],
    ['GET', '/job-starts/messages?numofmessages=16&visibilitytimeout=600', 'queue:job-starts', 'GetMessages'],
    ['GET', '/job-starts/messages?peekonly=true', 'queue:job-starts', 'PeekMessages'],
    ['DELETE', '/job-starts/messages', 'queue:job-starts', 'ClearMessages'],
    ['PUT', '/job-starts/messages/m1?popreceipt=p', 'queue:job-starts', 'UpdateMessage'],
    ['DELETE', '/job-starts/messages/m1?popreceipt=p', 'queue:job-starts', 'DeleteMessage'],
  ])('%s %s is of %s: %s', (method, path, resource, operation) => {
    expect(readStorageOperation('queue', { method, url: `${account}${path}`, headers: {} })).toEqual({
      resource,
      operation,
    })
  })
})

describe('an operation on tables', () => {
  it.each([
    ['GET', '/Tables', {}, 'account', 'QueryTables'],
    ['POST', '/Tables', {}, 'account', 'CreateTable'],
    ['DELETE', "/Tables('history')", {}, 'table:history', 'DeleteTable'],
    ['GET', '/history()?$filter=a', {}, 'table:history', 'QueryEntities'],
    ['GET', "/history(PartitionKey='p',RowKey='r')", {}, 'table:history', 'QueryEntities'],
    ['POST', '/history', {}, 'table:history', 'InsertEntity'],
    ['PUT', "/history(PartitionKey='p',RowKey='r')", { 'if-match': '*' }, 'table:history', 'UpdateEntity'],
    ['PATCH', "/history(PartitionKey='p',RowKey='r')", {}, 'table:history', 'InsertOrMergeEntity'],
    ['DELETE', "/history(PartitionKey='p',RowKey='r')", { 'if-match': '*' }, 'table:history', 'DeleteEntity'],
  ])('%s %s with %p is of %s: %s', (method, path, headers, resource, operation) => {
    expect(readStorageOperation('table', { method, url: `${account}${path}`, headers })).toEqual({
      resource,
      operation,
    })
  })
})

describe('what no rule knows', () => {
  it.each<readonly [StorageService, string, string, string]>([
    ['blob', 'PUT', '/uploads/x?comp=new', "PUT of a blob service's blob, comp=new"],
    ['blob', 'PUT', '/uploads/x', "PUT of a blob service's blob"],
    ['queue', 'PATCH', '/job-starts', "PATCH of a queue service's queue"],
    ['queue', 'GET', '/job-starts/messages?comp=new', "GET of a queue service's messages, comp=new"],
    ['table', 'POST', '/$batch', "POST of a table service's batch"],
  ])('%s %s %s is an error that names it', (service, method, path, message) => {
    const request = { method, url: `${account}${path}`, headers: {} }

    expect(() => readStorageOperation(service, request)).toThrow(new UnknownOperationError(message))
  })
})

describe('the rules', () => {
  it.each([
    ['blob', blobRules],
    ['queue', queueRules],
    ['table', tableRules],
  ] as const)('of the %s service can each be reached', (service, rules) => {
    const paths: Readonly<Record<string, string>> = {
      account: '',
      container: '/c',
      blob: '/c/b',
      queue: '/q',
      messages: '/q/messages',
      message: '/q/messages/m',
      tables: '/Tables',
      table: '/t',
      entity: "/t(PartitionKey='p',RowKey='r')",
    }
    for (const { operation, level, methods, query = {}, headers = [] } of rules) {
      const url = `${account}${paths[level]}?${new URLSearchParams(query).toString()}`
      const given = Object.fromEntries(headers.map((name) => [name, 'true']))
      for (const method of methods) {
        expect(readStorageOperation(service, { method, url, headers: given }).operation).toBe(operation)
      }
    }
  })
})
