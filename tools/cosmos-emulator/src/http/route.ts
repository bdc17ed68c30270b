import { badRequest, notImplemented } from '../errors.ts'
import type { AccountStore } from '../storage/account-store.ts'
import { deletePartition, handleDocument, handleDocuments } from './documents.ts'
import type { Request, Response } from './exchange.ts'
import {
  handleContainer,
  handleContainers,
  handleDatabase,
  handleDatabases,
  handleOffers,
  readAccount,
  readKeyRanges,
} from './resources.ts'

/** Cuts a path into decoded parts; doubled and trailing slashes mean nothing. @throws ServiceError 400 */
export function pathSegments(path: string): string[] {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map((part) => decodeURIComponent(part))
  } catch {
    throw badRequest(`The path '${path}' is not properly encoded.`)
  }
}

/** Sends a request to what answers it. @throws ServiceError */
export function route(store: AccountStore, request: Request): Response {
  const [area, first, kind, second, part, third, ...rest] = request.segments
  if (area === undefined) {
    if (request.method === 'GET') return readAccount(request)
    throw notImplemented(`${request.method} on the account`)
  }
  if (rest.length > 0) throw unknown(request)
  if (area === 'offers' && kind === undefined) return handleOffers(store, request, first)
  if (area !== 'dbs') throw unknown(request)
  if (first === undefined) return handleDatabases(store, request)
  if (kind === undefined) return handleDatabase(store, request, first)
  if (kind !== 'colls') throw unknown(request)
  if (second === undefined) return handleContainers(store, request, first)
  const container = store.container(first, second)
  if (part === undefined) return handleContainer(store, request, container)
  if (part === 'docs' && third === undefined) return handleDocuments(store, request, container)
  if (part === 'docs' && third !== undefined) return handleDocument(store, request, container, third)
  if (part === 'pkranges' && third === undefined) return readKeyRanges(request, container)
  if (part === 'operations' && third === 'partitionkeydelete')
    return deletePartition(store, request, container)
  throw unknown(request)
}

function unknown(request: Request): Error {
  const shape = request.segments.map((segment, index) => (index % 2 === 0 ? segment : '{id}')).join('/')
  return notImplemented(`${request.method} /${shape}`)
}
