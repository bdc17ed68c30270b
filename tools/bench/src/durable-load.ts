import type { HttpLoad } from './http-load.ts'
import { sendLoad } from './http-load.ts'
import type { Contender } from './paired.ts'
import { median } from './paired.ts'

/** Starts an orchestration and waits for its end in one request. */
export function orchestrationPath(orchestrator: string): string {
  return `/runtime/webhooks/durabletask/orchestrators/${orchestrator}?timeout=120`
}

/** Each sample: the middle time of some orchestrations, one after the other, ms. */
export function latency(
  server: { readonly url: string },
  name: string,
  {
    path,
    times,
    method = 'POST',
  }: { readonly path: string; readonly times: number; readonly method?: string },
): Contender {
  return {
    name,
    async sample() {
      const tookMs: number[] = []
      for (let n = 0; n < times; n += 1) {
        const startMs = performance.now()
        await sendLoad({ url: `${server.url}${path}`, requests: 1, connections: 1, method })
        tookMs.push(performance.now() - startMs)
      }
      return median(tookMs)
    },
  }
}

/** Each sample: the time of many orchestrations, so many at once, us for each. */
export function pace(
  server: { readonly url: string },
  name: string,
  { path, requests, connections }: { readonly path: string } & Pick<HttpLoad, 'requests' | 'connections'>,
): Contender {
  return {
    name,
    async sample() {
      const startMs = performance.now()
      await sendLoad({ url: `${server.url}${path}`, requests, connections, method: 'POST' })
      return ((performance.now() - startMs) * 1000) / requests
    },
  }
}
