import type { IncomingMessage, ServerResponse } from 'node:http'

import { answerEmpty } from '../server/answer-empty.ts'
import { answerJson, answerText, readJsonBody } from '../server/json-exchange.ts'
import type { HostKeys, KeySet } from '../keys/host-keys.ts'

/** A request for a set of keys, or one key of it. */
export interface KeyRequest {
  readonly keys: HostKeys
  readonly set: KeySet
  /** Of the key; undefined for the whole set. */
  readonly name: string | undefined
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answers the key management of the host: GET lists and reads, POST makes a random value, PUT sets one, DELETE takes a key away. */
export async function answerKeys(call: KeyRequest): Promise<void> {
  const { keys, set, name, request, response } = call
  const links = [{ rel: 'self', href: selfLink(request) }]
  if (name === undefined) {
    const listed = keys.list(set).map((key) => ({ name: key.name, value: key.value }))
    return answerJson(response, 200, { keys: listed, links })
  }
  if (request.method === 'GET') {
    const key = keys.find(set, name)
    return key
      ? answerJson(response, 200, { name: key.name, value: key.value, links })
      : answerEmpty(response, 404)
  }
  if (request.method === 'DELETE') {
    // The host's own cannot be missing.
    if (name.startsWith('_')) return answerText(response, 400, 'Invalid key name.')
    return answerEmpty(response, keys.delete(set, name) ? 204 : 404)
  }
  const value = request.method === 'PUT' ? await readValue(request) : undefined
  if (typeof value === 'number') return answerEmpty(response, value)
  if (value === '') return answerText(response, 400, 'Invalid key value')
  const stored = keys.set(set, name, value)
  const location = stored.isNew ? { location: new URL('/', links[0]?.href).href } : undefined
  answerJson(response, stored.isNew ? 201 : 200, { name, value: stored.value, links }, location)
}

/** The value that a PUT brings: empty where it brings none; a status where its body is no JSON. */
async function readValue(request: IncomingMessage): Promise<string | number> {
  const body = await readJsonBody(request)
  if (typeof body === 'number') return body
  const value = body['value'] ?? body['Value']
  return typeof value === 'string' ? value : ''
}

function selfLink(request: IncomingMessage): string {
  return `http://${request.headers.host ?? 'localhost'}${request.url ?? '/'}`
}
