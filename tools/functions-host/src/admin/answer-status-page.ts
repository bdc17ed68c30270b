import type { AdminCall } from './admin-call.ts'
import { answerJson } from '../server/json-exchange.ts'
import { statusPage, statusPagePolicy } from './status-page.ts'

/** `GET host/metrics`, our own: what runs, how fast and on which instances, what failed and what waits. */
export async function answerMetrics({ app, response }: AdminCall): Promise<void> {
  const backlogs = await app.backlogs()
  answerJson(
    response,
    200,
    {
      app: app.name,
      uptimeMs: Math.round(process.uptime() * 1000),
      isDraining: app.isDraining,
      instances: {
        least: app.config.instances.least,
        most: app.config.instances.most,
        list: app.instances,
      },
      functions: app.functions.map(({ metadata, trigger }) => ({
        name: metadata.name,
        trigger: trigger.type,
        ...app.metrics.read(metadata.name),
        backlogs: backlogs.filter(({ functionName }) => functionName === metadata.name),
      })),
    },
    { 'cache-control': 'no-store' },
  )
}

/** `GET /admin` for a browser: a page that shows the metrics. */
export function answerStatusPage({ response }: AdminCall): void {
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(statusPage),
      'content-security-policy': statusPagePolicy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .end(statusPage)
}
