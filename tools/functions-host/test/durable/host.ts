// A host of one app and one hub for the hub's own tests: function code runs in this process, which the tests may kill.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createDurableHub } from '../../src/durable/hub.ts'
import { mountPath } from '../../src/durable/links.ts'
import { systemClock } from '../../src/time/clock.ts'
import { invoke, loadApp, registered } from './core.ts'

const [databaseFile = ''] = process.argv.slice(2)
process.env['WEBSITE_HOSTNAME'] = 'localhost'
loadApp(join(import.meta.dirname, 'app', 'index.js'))

const ofType = (type: string): string[] =>
  [...registered.values()].filter((each) => each.triggerType === type).map((each) => each.name)
let baseUrl = ''
const hub = createDurableHub({
  clock: systemClock,
  appName: 'test',
  hubName: 'TestHub',
  databaseFile,
  baseUrl: () => baseUrl,
  hostJson: {},
  functions: {
    orchestrations: ofType('orchestrationTrigger'),
    activities: ofType('activityTrigger'),
    entities: ofType('entityTrigger'),
  },
  invoke: async (call) => {
    try {
      return { ok: true, value: await invoke(call.functionName, call.input, call.instanceId) }
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error))
      return { ok: false, message, ...(stack !== undefined && { stack }) }
    }
  },
  log: (level, message) => console.error(`${level}: ${message}`),
  systemKey: 'key',
})
const server = createServer((request, response) => {
  void hub.handleManagement(request, response, (request.url ?? '').slice(mountPath.length))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
await hub.start()
console.log(JSON.stringify({ baseUrl, binding: JSON.parse(hub.clientBinding()) }))
process.on('SIGTERM', () => {
  server.close()
  void hub.close().then(() => process.exit(0))
})
