import type { DeploymentFacts } from './deployment-facts.ts'
import type { BillLine, PriceList } from './price-list.ts'
import { addQuantities, billOf, totalOf } from './price-list.ts'
import { quantitiesOfWork } from './quantities-of-work.ts'
import type { WorkSamples } from './work-sample.ts'

/** A month of work. */
export interface CostQuestion {
  readonly facts: DeploymentFacts
  readonly samples: WorkSamples
  readonly priceList: PriceList
  readonly photos: number
  readonly videoHours: number
  readonly egressGb: number
  readonly withFreeGrants: boolean
}

/** What that month costs. Amounts are in the currency of the price list. */
export interface CostEstimate {
  readonly photos: {
    readonly count: number
    readonly what: string
    readonly total: number
    readonly each: number
  }
  readonly video: {
    readonly hours: number
    readonly what: string
    readonly total: number
    readonly eachHour: number
  }
  /** Billed though nothing is done. */
  readonly atRest: readonly BillLine[]
  /** All of it, meter by meter, dearest first. */
  readonly bill: readonly BillLine[]
  readonly total: number
}

/**
 * Estimates a month. What photos and video cost each is before free grants, which the whole bill alone takes off: they are
 * given once a month, to whatever comes first.
 */
export function estimateCost(question: CostQuestion): CostEstimate {
  const { facts, samples, priceList, photos, videoHours, withFreeGrants } = question
  const deployment = { ...facts.deployment, measuredCores: samples.cores }
  const ofPhotos = quantitiesOfWork(samples.photo, photos, deployment)
  const ofVideo = quantitiesOfWork(samples.videoMinute, videoHours * 60, deployment)
  const egress = { 'network.egressGb': question.egressGb }
  const bill = billOf(addQuantities(ofPhotos, ofVideo, egress, facts.atRest), priceList, { withFreeGrants })
  const fullPrice = { withFreeGrants: false }
  const photoTotal = totalOf(billOf(ofPhotos, priceList, fullPrice))
  const videoTotal = totalOf(billOf(ofVideo, priceList, fullPrice))
  return {
    photos: {
      count: photos,
      what: samples.photo.what,
      total: photoTotal,
      each: photos > 0 ? photoTotal / photos : 0,
    },
    video: {
      hours: videoHours,
      what: samples.videoMinute.what,
      total: videoTotal,
      eachHour: videoHours > 0 ? videoTotal / videoHours : 0,
    },
    atRest: billOf(facts.atRest, priceList, fullPrice),
    bill,
    total: totalOf(bill),
  }
}
