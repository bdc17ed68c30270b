import { notFound } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import { checkResourceId } from '../../storage/container-definition.ts'
import type { ResourceKind } from '../../storage/resource-ids.ts'
import type { ResourcePlace, SmallResource } from '../../storage/resource-table.ts'
import { idOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, isFlagged, isQuery, objectBody } from '../exchange.ts'
import type { Response } from '../exchange.ts'
import type { Route } from '../route.ts'
import { checkEtag, etagHeaders, etagOf, isKnown, metadataCharge, notModified } from './resource-etags.ts'
import { listFeed, queryFeed } from './resource-feed.ts'

/** What tells one kind of small resources from others. */
export interface ResourceRules {
  kind: ResourceKind
  /** The resource and its feed in the names of operations, such as `user` and `users`. */
  names: { one: string; many: string }
  /** The list in the answer to a feed, such as `Users`. */
  plural: string
  /** The path of the feed, such as `/dbs/{database}/users`. */
  path: string
  /** The resource under which these are. @throws ServiceError 404 */
  parentOf: (call: Call) => { rid: string; self: string }
  /** What is stored of a body that was sent, without the id. @throws ServiceError 400 */
  toContent: (body: JsonObject, call: Call) => JsonObject
  /** What an answer tells beside the stored content. */
  toExtra?: (resource: SmallResource, call: Call) => JsonObject
}

/** The operations on a kind of small resources: list, query, create, upsert, read, replace, delete. */
export function resourceRoutes(rules: ResourceRules): Route[] {
  const { names, path } = rules
  const onePath = `${path}/{${names.one}}`
  return [
    { operation: `${names.many}.list`, method: 'GET', path, handle: (call) => list(rules, call) },
    {
      operation: `${names.many}.query`,
      method: 'POST',
      path,
      when: isQuery,
      handle: (call) => queryFeed(call, rules.plural, bodies(rules, call)),
    },
    {
      operation: `${names.many}.upsert`,
      method: 'POST',
      path,
      when: (request) => isFlagged(request, 'x-ms-documentdb-is-upsert'),
      handle: (call) => upsert(rules, call),
    },
    { operation: `${names.many}.create`, method: 'POST', path, handle: (call) => create(rules, call) },
    { operation: `${names.one}.read`, method: 'GET', path: onePath, handle: (call) => read(rules, call) },
    {
      operation: `${names.one}.replace`,
      method: 'PUT',
      path: onePath,
      handle: (call) => replace(rules, call, existing(rules, call)),
    },
    {
      operation: `${names.one}.delete`,
      method: 'DELETE',
      path: onePath,
      handle: (call) => remove(rules, call),
    },
  ]
}

function placeOf(rules: ResourceRules, call: Call): ResourcePlace {
  return { kind: rules.kind, parentRid: rules.parentOf(call).rid }
}

function existing(rules: ResourceRules, call: Call): SmallResource {
  const resource = call.store.resources.find(placeOf(rules, call), idOf(call, rules.names.one))
  if (!resource) throw notFound()
  return resource
}

function bodies(rules: ResourceRules, call: Call): JsonObject[] {
  return call.store.resources.list(placeOf(rules, call)).map((resource) => toBody(rules, call, resource))
}

function list(rules: ResourceRules, call: Call): Response {
  const entries = call.store.resources
    .list(placeOf(rules, call))
    .map((resource) => ({ number: resource.number, body: toBody(rules, call, resource) }))
  return listFeed(call.request, rules.plural, entries, rules.parentOf(call).rid)
}

function create(rules: ResourceRules, call: Call): Response {
  const { store } = call
  const place = placeOf(rules, call)
  const { id, content } = readBody(rules, call)
  const made = store.file.write(() => store.resources.create(place, id, content, store.nowSeconds()))
  return answer(201, toBody(rules, call, made), etagHeaders(made))
}

function upsert(rules: ResourceRules, call: Call): Response {
  const { id } = readBody(rules, call)
  const current = call.store.resources.find(placeOf(rules, call), id)
  return current ? replace(rules, call, current) : create(rules, call)
}

function read(rules: ResourceRules, call: Call): Response {
  const resource = existing(rules, call)
  if (isKnown(call.request, resource)) return notModified(resource)
  return answer(200, toBody(rules, call, resource), etagHeaders(resource))
}

function replace(rules: ResourceRules, call: Call, current: SmallResource): Response {
  const { store } = call
  const { id, content } = readBody(rules, call)
  checkEtag(call.request, current)
  const replaced = store.file.write(() => store.resources.replace(current, id, content, store.nowSeconds()))
  return answer(200, toBody(rules, call, replaced), etagHeaders(replaced))
}

function remove(rules: ResourceRules, call: Call): Response {
  const { store } = call
  const current = existing(rules, call)
  checkEtag(call.request, current)
  store.file.write(() => store.resources.delete(current))
  return { status: 204, headers: { ...metadataCharge } }
}

function readBody(rules: ResourceRules, call: Call): { id: string; content: JsonObject } {
  const body = objectBody(call.request)
  checkResourceId(body.id)
  return { id: body.id, content: rules.toContent(body, call) }
}

function toBody(rules: ResourceRules, call: Call, resource: SmallResource): JsonObject {
  return {
    ...resource.content,
    id: resource.id,
    _rid: resource.rid,
    _self: `${rules.parentOf(call).self}${rules.kind}/${resource.rid}/`,
    _etag: etagOf(resource),
    _ts: resource.ts,
    ...rules.toExtra?.(resource, call),
  }
}
