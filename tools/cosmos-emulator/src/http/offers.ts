import { badRequest, notFound } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { OfferRecord } from '../storage/catalog.ts'
import { idOf } from './call.ts'
import type { Call } from './call.ts'
import { answer, header, objectBody } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { metadataCharge } from './resource-etags.ts'
import { feed, queryFeed } from './resource-feed.ts'

/** GET `/offers`: the throughput of every database and container that has its own. */
export function listOffers({ store }: Call): Response {
  return feed('Offers', store.catalog.offers().map(toOfferBody))
}

/** POST `/offers` with a query, such as the one for the offer of a container by its `_self`. */
export function queryOffers({ store, request }: Call): Response {
  return queryFeed(request, 'Offers', store.catalog.offers().map(toOfferBody))
}

/** GET `/offers/{offer}`. */
export function readOffer(call: Call): Response {
  const offer = offerOf(call)
  return answer(200, toOfferBody(offer), offerHeaders(offer))
}

/** PUT `/offers/{offer}`: other throughput. */
export function replaceOffer(call: Call): Response {
  const { store } = call
  const offer = offerOf(call)
  const { content } = objectBody(call.request)
  if (!isJsonObject(content)) throw badRequest('The offer has no content.')
  checkThroughput(content.offerThroughput)
  const replaced = store.file.write(() => store.catalog.replaceOffer(offer, content, store.nowSeconds()))
  return answer(200, toOfferBody(replaced), offerHeaders(replaced))
}

/** The throughput that a new database or container asks for by header; undefined where it asks for none. @throws ServiceError 400 */
export function readOfferHeaders(request: Request): JsonObject | undefined {
  const manual = header(request, 'x-ms-offer-throughput')
  const autopilot = header(request, 'x-ms-cosmos-offer-autopilot-settings')
  if (autopilot !== undefined) {
    const settings = parseAutopilot(autopilot)
    return { offerThroughput: settings.maxThroughput, offerAutopilotSettings: settings }
  }
  if (manual === undefined) return undefined
  return { offerThroughput: checkThroughput(Number(manual)) }
}

function offerOf(call: Call): OfferRecord {
  const id = idOf(call, 'offer').toLowerCase()
  const offer = call.store.catalog.offers().find((candidate) => candidate.id === id)
  if (!offer) throw notFound()
  return offer
}

function parseAutopilot(text: string): JsonObject {
  try {
    const settings: unknown = JSON.parse(text)
    if (isJsonObject(settings) && checkThroughput(settings.maxThroughput)) return settings
  } catch {
    // Told below, with the text that was sent.
  }
  throw badRequest(`The autopilot settings '${text}' are invalid.`)
}

function checkThroughput(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 100 || value > 10_000_000)
    throw badRequest(`The throughput '${String(value)}' is invalid.`)
  return value
}

function offerHeaders(offer: OfferRecord): Record<string, string> {
  return { ...metadataCharge, etag: offerEtag(offer) }
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
