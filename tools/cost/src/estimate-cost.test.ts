import { describe, expect, it } from '@jest/globals'

import { describeDeployment } from './deployment-facts.ts'
import { estimateCost } from './estimate-cost.ts'
import type { MeterName, PriceList } from './price-list.ts'
import { meterNames } from './price-list.ts'
import type { WorkSample } from './work-sample.ts'

const nothing: WorkSample = {
  what: 'nothing',
  apps: {},
  blob: { writes: 0, reads: 0 },
  queueOperations: 0,
  requestUnits: { primary: 0, replica: 0 },
  durableActions: 0,
  storageEvents: 0,
  logBytes: 0,
  storedBytes: { blobs: 0, documents: 0 },
}
const question = {
  facts: describeDeployment(
    [flexApp('api', 2048), flexApp('images', 4096)],
    [{ name: 'images', functions: [], isNative: true }],
  ),
  samples: { measuredOn: 'a test', cores: 4, photo: nothing, videoMinute: nothing },
  priceList: pricesOf({}),
  photos: 1000,
  videoHours: 10,
  egressGb: 0,
  withFreeGrants: false,
}

/** A price list in which only these meters cost something: that much for each unit. */
function pricesOf(
  amounts: Partial<Record<MeterName, number>>,
  freePerMonth: Partial<Record<MeterName, number>> = {},
): PriceList {
  const prices = Object.fromEntries(
    meterNames.map((meter) => [
      meter,
      { per: 1, amount: amounts[meter] ?? 0, freePerMonth: freePerMonth[meter] ?? 0 },
    ]),
  ) as PriceList['prices']
  return { name: 'test', currency: 'USD', date: '2026-01', prices }
}

function flexApp(name: string, instanceMemoryMB: number, instanceCount = 0) {
  return {
    type: 'Microsoft.Web/sites',
    name: `func-${name}`,
    tags: { 'azd-service-name': name },
    properties: {
      functionAppConfig: {
        scaleAndConcurrency: { instanceMemoryMB, alwaysReady: [{ name: 'http', instanceCount }] },
      },
    },
  }
}

describe('an estimate', () => {
  it('bills an execution for a second at least, in the memory of its instance', () => {
    const photo = { ...nothing, apps: { api: { executions: 3, seconds: 0.2 } } }

    const { photos } = estimateCost({
      ...question,
      samples: { ...question.samples, photo },
      priceList: pricesOf({ 'function.gbSeconds': 1 }),
    })

    expect(photos).toEqual({ count: 1000, what: 'nothing', total: 1000 * 3 * 2, each: 6 })
  })

  it('takes native work to last longer on fewer cores than those that measured it', () => {
    const videoMinute = { ...nothing, apps: { images: { executions: 1, seconds: 30 } } }

    const { video } = estimateCost({
      ...question,
      samples: { ...question.samples, videoMinute },
      priceList: pricesOf({ 'function.gbSeconds': 1 }),
    })

    expect(video.eachHour).toBe(60 * 30 * (4 / 2) * 4)
  })

  it('takes free grants off the whole bill only', () => {
    const photo = { ...nothing, queueOperations: 10 }
    const prices = pricesOf({ 'queue.operations': 1 }, { 'queue.operations': 4000 })

    const estimate = estimateCost({
      ...question,
      samples: { ...question.samples, photo },
      priceList: prices,
      withFreeGrants: true,
    })

    expect(estimate).toMatchObject({ photos: { total: 10_000 }, total: 6000 })
  })

  it('counts what costs though nothing is done', () => {
    const account = { type: 'Microsoft.DocumentDB/databaseAccounts', name: 'cosmos-a' }
    const facts = describeDeployment([
      flexApp('api', 512, 2),
      { ...account, properties: { locations: [{}, {}], capabilities: [] } },
      {
        type: `${account.type}/sqlDatabases`,
        name: 'cosmos-a/zoetrope',
        properties: { options: { autoscaleSettings: { maxThroughput: 1000 } } },
      },
      { type: 'Microsoft.Network/privateEndpoints', name: 'pe' },
    ])

    const { atRest } = estimateCost({ ...question, facts, priceList: pricesOf({}) })

    expect(Object.fromEntries(atRest.map(({ meter, quantity }) => [meter, quantity]))).toEqual({
      'function.alwaysReadyGbSeconds': 2 * 0.5 * 730 * 3600,
      'cosmos.autoscaleRuHours': 1000 * 0.1 * 730 * 2,
      'network.privateEndpointHours': 730,
    })
    expect(facts.deployment.isCosmosServerless).toBe(false)
  })

  it('counts the instances that always run in several zones, by group of functions', () => {
    const api = flexApp('api', 2048, 3)
    const facts = describeDeployment(
      [
        { ...api, properties: { ...api.properties, serverFarmId: '/plans/plan-api' } },
        { type: 'Microsoft.Web/serverfarms', name: 'plan-api', properties: { zoneRedundant: true } },
      ],
      [
        {
          name: 'api',
          functions: [
            { name: 'health', trigger: 'http' },
            { name: 'assets-get', trigger: 'http' },
            { name: 'sweep', trigger: 'timer' },
            { name: 'run', trigger: 'orchestration' },
            { name: 'look', trigger: 'activity' },
          ],
        },
      ],
    )

    // Three that were asked for, for HTTP; two for the timer, two for what is durable.
    expect(facts.atRest).toMatchObject({ 'function.alwaysReadyGbSeconds': (3 + 2 + 2) * 2 * 730 * 3600 })
  })

  it('counts timers that find nothing to do', () => {
    const functions = [
      { name: 'sweep', trigger: 'timer', schedule: '0 * * * * *' },
      { name: 'report', trigger: 'timer', schedule: '0 0 6 * * *' },
    ]
    const facts = describeDeployment([flexApp('api', 2048)], [{ name: 'api', functions }])

    expect(facts.atRest['function.executions']).toBeCloseTo((24 * 60 + 1) * (730 / 24))
    expect(facts.atRest['function.gbSeconds']).toBeCloseTo((24 * 60 + 1) * (730 / 24) * 2)
  })

  it('refuses work of an app that the infrastructure does not have', () => {
    const photo = { ...nothing, apps: { palette: { executions: 1, seconds: 1 } } }

    expect(() => estimateCost({ ...question, samples: { ...question.samples, photo } })).toThrow(
      'The infrastructure has no app "palette"',
    )
  })
})
