import { badRequest, notFound } from '../errors.ts'
import { isJsonObject } from '../json.ts'
import type { JsonObject } from '../json.ts'
import type { OfferRecord } from '../storage/catalog.ts'
import { idOf } from './call.ts'
import type { Call } from './call.ts'
import { answer, header, objectBody } from './exchange.ts'
import type { Request, Response } from './exchange.ts'
import { metadataCharge } from './resource-etags.ts'
import { listFeed, queryFeed } from './resource-feed.ts'

const largestThroughput = 1_000_000
const manualStep = { least: 400, step: 100 }
const autopilotStep = { least: 1000, step: 1000 }

/** GET `/offers`: the throughput of every database and container that has its own. */
export function listOffers({ store, request }: Call): Response {
  const entries = store.catalog.offers().map((offer) => ({ number: offer.number, body: toOfferBody(offer) }))
  return listFeed(request, 'Offers', entries)
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
  const content = checkContent(objectBody(call.request).content)
  const replaced = store.file.write(() => store.catalog.replaceOffer(offer, content, store.nowSeconds()))
  return answer(200, toOfferBody(replaced), offerHeaders(replaced))
}

/** The throughput that a new database or container asks for by header; undefined where it asks for none. @throws ServiceError 400 */
export function readOfferHeaders(request: Request): JsonObject | undefined {
  const manual = header(request, 'x-ms-offer-throughput')
  const autopilot = header(request, 'x-ms-cosmos-offer-autopilot-settings')
  if (autopilot !== undefined) {
    if (manual !== undefined) throw badRequest('A throughput and autopilot settings cannot both be given.')
    const settings = parseAutopilot(autopilot)
    return { offerThroughput: settings.maxThroughput, offerAutopilotSettings: settings }
  }
  if (manual === undefined) return undefined
  return { offerThroughput: checkThroughput(Number(manual), manualStep) }
}

function offerOf(call: Call): OfferRecord {
  const id = idOf(call, 'offer').toLowerCase()
  const offer = call.store.catalog.offers().find((candidate) => candidate.id === id)
  if (!offer) throw notFound()
  return offer
}

function checkContent(content: unknown): JsonObject {
  if (!isJsonObject(content)) throw badRequest('The offer has no content.')
  const { offerAutopilotSettings: settings } = content
  if (settings === undefined || settings === null) checkThroughput(content.offerThroughput, manualStep)
  else checkAutopilot(settings)
  return content
}

function parseAutopilot(text: string): JsonObject {
  let settings: unknown
  try {
    settings = JSON.parse(text)
  } catch {
    throw badRequest(`The autopilot settings '${text}' are not valid JSON.`)
  }
  return checkAutopilot(settings)
}

function checkAutopilot(settings: unknown): JsonObject {
  if (!isJsonObject(settings)) throw badRequest('The autopilot settings must be a JSON object.')
  checkThroughput(settings.maxThroughput, autopilotStep)
  return settings
}

function checkThroughput(value: unknown, { least, step }: { least: number; step: number }): number {
  if (typeof value === 'number' && value >= least && value <= largestThroughput && value % step === 0)
    return value
  throw badRequest(
    `The offer should have valid throughput values between ${least} and ${largestThroughput} inclusive in increments of ${step}; it has '${String(value)}'.`,
  )
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
