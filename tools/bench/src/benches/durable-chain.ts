import { join } from 'node:path'

import type { Bench } from '../bench.ts'
import { sendLoad } from '../http-load.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, median, toFigure } from '../paired.ts'
import { ServerProcess } from '../server-process.ts'

const rounds = 7
const names = { ours: 'functions in a worker process', peer: 'functions in process' }
const app = join(import.meta.dirname, '..', 'durable-app')

/** Starts an orchestration and waits for its end in one request. */
const path = (orchestrator: string): string =>
  `/runtime/webhooks/durabletask/orchestrators/${orchestrator}?timeout=30`

/** A chain of five activities and a fan of fifty, on disk: how long each takes, how many there are at once, and their CPU. */
export const durableChainBench: Bench = {
  name: 'durable-chain',
  async run() {
    await using worker = await ServerProcess.start('host.ts', [app])
    await using inProcess = await ServerProcess.start('host.ts', [app, '--in-process'])
    const compare = async (contender: (server: ServerProcess, name: string) => Contender) =>
      measurePaired([contender(worker, names.ours), contender(inProcess, names.peer)], { rounds })
    const of = (ours: number) => ({ of: 'ours', atMost: ours }) as const
    const chain = await compare((server, name) => latency(server, name, path('chain')))
    const flood = await compare((server, name) => pace(server, name, { path: path('chain'), requests: 400 }))
    const cpu = await compare((server, name) =>
      server.cpuPerRequest(name, path('chain'), { requests: 300, connections: 32, method: 'POST' }),
    )
    const fan = await compare((server, name) => latency(server, name, path('fan')))
    return [
      toFigure(chain, names, { measure: 'chain of 5 activities', unit: 'ms', target: of(8) }),
      toFigure(flood, names, {
        measure: 'chains of 5, 32 in flight',
        unit: 'us per chain',
        target: of(1667),
      }),
      toFigure(cpu, names, { measure: 'chain of 5 activities', unit: 'us CPU per chain' }),
      toFigure(fan, names, { measure: '1 -> 50 -> 1 activities', unit: 'ms' }),
    ]
  },
}

/** Each sample: the middle time of some orchestrations, one after the other, ms. */
function latency(server: ServerProcess, name: string, at: string): Contender {
  return {
    name,
    async sample() {
      const times: number[] = []
      for (let n = 0; n < 25; n += 1) {
        const startMs = performance.now()
        await sendLoad({ url: `${server.url}${at}`, requests: 1, connections: 1, method: 'POST' })
        times.push(performance.now() - startMs)
      }
      return median(times)
    },
  }
}

/** Each sample: the time of many orchestrations, 32 at once, us for each. */
function pace(server: ServerProcess, name: string, load: { path: string; requests: number }): Contender {
  return {
    name,
    async sample() {
      const startMs = performance.now()
      const url = `${server.url}${load.path}`
      await sendLoad({ url, requests: load.requests, connections: 32, method: 'POST' })
      return ((performance.now() - startMs) * 1000) / load.requests
    },
  }
}
