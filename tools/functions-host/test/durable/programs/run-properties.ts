// Runs one property in a process of its own, where the SDK finds the core that it needs; prints what it found as JSON.
import { join } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { loadApp } from '../core.ts'
import { listenToSqlite } from './commits.ts'
import { controlsProperty } from './controls.ts'
import { crashesProperty } from './crashes.ts'
import { ordersProperty } from './orders.ts'
import { startPollServer } from './poll-server.ts'
import { listenToSdk } from './sdk-ids.ts'

const properties = { orders: ordersProperty, crashes: crashesProperty, controls: controlsProperty }

const { values } = parseArgs({
  options: {
    property: { type: 'string', default: 'orders' },
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    path: { type: 'string', default: '' },
  },
})
process.env['WEBSITE_HOSTNAME'] = 'localhost'
loadApp(join(import.meta.dirname, 'app', 'index.js'))
listenToSdk()
listenToSqlite()
const server = await startPollServer()
const figures: Record<string, number> = {}
const property = properties[values.property as keyof typeof properties](server.url, figures)
const seed = Number(values.seed)
const details = await fc.check(property, {
  seed,
  numRuns: Number(values.runs),
  path: values.path,
})
server.close()
const failure = details.failed
  ? `${fc.defaultReportMessage(details)}\n${inspect(details.errorInstance)}`
  : undefined
console.log(JSON.stringify({ property: values.property, seed, runs: details.numRuns, ...figures, failure }))
