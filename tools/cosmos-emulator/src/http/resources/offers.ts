import { badRequest, notFound, preconditionFailed } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import { largestRangeThroughput } from '../../partition/key-ranges.ts'
import {
  autoscaleContent,
  manualContent,
  migratedContent,
  replacedContent,
  throughputOf,
} from '../../partition/throughput.ts'
import type { AccountStore } from '../../storage/account-store.ts'
import type { OfferRecord } from '../../storage/catalog.ts'
import { idOf } from '../call.ts'
import type { Call } from '../call.ts'
import { answer, header, isFlagged, objectBody } from '../exchange.ts'
import type { Request, Response } from '../exchange.ts'
import { metadataCharge } from './resource-etags.ts'
import { listFeed, queryFeed } from './resource-feed.ts'

/** GET `/offers`: the throughput of every database and container that has its own. */
export function listOffers({ store, request }: Call): Response {
  const entries = store.catalog.offers().map((offer) => ({ number: offer.number, body: toOfferBody(offer) }))
  return listFeed(request, 'Offers', entries)
}

/** POST `/offers` with a query, such as the one for the offer of a container by its `_self`. */
export function queryOffers(call: Call): Response {
  return queryFeed(call, 'Offers', call.store.catalog.offers().map(toOfferBody))
}

/** GET `/offers/{offer}`. */
export function readOffer(call: Call): Response {
  const offer = offerOf(call)
  return answer(200, toOfferBody(offer), offerHeaders(offer))
}

/** PUT `/offers/{offer}`: other throughput, or another kind of it. A container is split at once where its ranges cannot serve so much. */
export function replaceOffer(call: Call): Response {
  const { store } = call
  const offer = offerOf(call)
  checkOfferEtag(call.request, offer)
  const content = contentAfter(call.request, offer)
  const replaced = store.file.write(() => {
    const next = store.catalog.replaceOffer(offer, content, store.nowSeconds())
    splitFor(store, next)
    return next
  })
  return answer(200, toOfferBody(replaced), offerHeaders(replaced))
}

/** The throughput that a new database or container asks for by header; undefined where it asks for none. @throws ServiceError 400 */
export function readOfferHeaders({ request, settings }: Call): JsonObject | undefined {
  const manual = header(request, 'x-ms-offer-throughput')
  const autopilot = header(request, 'x-ms-cosmos-offer-autopilot-settings')
  if (settings.serverless && (manual !== undefined || autopilot !== undefined))
    throw badRequest(
      'Setting offer throughput or autopilot on container is not supported for serverless accounts.',
    )
  if (autopilot !== undefined) {
    if (manual !== undefined) throw badRequest('A throughput and autopilot settings cannot both be given.')
    return autoscaleContent(parseAutopilot(autopilot))
  }
  if (manual === undefined) return undefined
  return manualContent(Number(manual))
}

function offerOf(call: Call): OfferRecord {
  const id = idOf(call, 'offer').toLowerCase()
  const offer = call.store.catalog.offers().find((candidate) => candidate.id === id)
  if (!offer) throw notFound()
  return offer
}

function parseAutopilot(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw badRequest(`The autopilot settings '${text}' are not valid JSON.`)
  }
}

/** A migration is asked for by a header alone: what the body says of throughput is not looked at. */
function contentAfter(request: Request, { id: ownId, content }: OfferRecord): JsonObject {
  if (isFlagged(request, 'x-ms-cosmos-migrate-offer-to-autopilot')) return migratedContent(content, true)
  if (isFlagged(request, 'x-ms-cosmos-migrate-offer-to-manual-throughput'))
    return migratedContent(content, false)
  const body = objectBody(request)
  for (const name of ['id', '_rid'] as const) {
    const given = body[name]
    if (given !== undefined && given !== ownId)
      throw badRequest(`The ${name} of the offer is '${ownId}': it cannot be changed to '${String(given)}'.`)
  }
  return replacedContent(content, body.content)
}

/** Splits the ranges of a container until they can serve its throughput. */
function splitFor(store: AccountStore, offer: OfferRecord): void {
  const record = store.catalog.allContainers().find(({ rid }) => rid === offer.ownerRid)
  if (!record) return
  const wanted = Math.ceil(throughputOf(offer.content).most / largestRangeThroughput)
  while (record.ranges.length < wanted) store.splitPartition(record)
}

/** @throws ServiceError 412 when `if-match` names another revision */
function checkOfferEtag(request: Request, offer: OfferRecord): void {
  const wanted = header(request, 'if-match')
  if (wanted !== undefined && wanted !== '*' && wanted !== offerEtag(offer)) throw preconditionFailed()
}

function offerHeaders(offer: OfferRecord): Record<string, string> {
  return {
    ...metadataCharge,
    etag: offerEtag(offer),
    'x-ms-cosmos-min-throughput': String(throughputOf(offer.content).least),
    'x-ms-offer-replace-pending': 'false',
  }
}

function offerEtag(offer: OfferRecord): string {
  return `"${offer.id}0000-0000-0d00-0000-${offer.revision.toString(16).padStart(12, '0')}"`
}

function toOfferBody(offer: OfferRecord): JsonObject {
  return {
    resource: offer.ownerSelf,
    offerType: 'Invalid',
    offerResourceId: offer.ownerRid,
    offerVersion: 'V2',
    content: offer.content,
    id: offer.id,
    _rid: offer.id,
    _self: `offers/${offer.id}/`,
    _etag: offerEtag(offer),
    _ts: offer.ts,
  }
}
