import { join } from 'node:path'

import type { Bench, Figure } from '../bench.ts'
import { latency, orchestrationPath, pace } from '../durable-load.ts'
import type { Contender } from '../paired.ts'
import { measurePaired, toFigure } from '../paired.ts'
import { ServerProcess } from '../server-process.ts'

const rounds = 7
const worker = 'functions in a worker process'
const inProcess = 'functions in process'
const app = join(import.meta.dirname, '..', 'durable-app')
const chain = orchestrationPath('chain')
const fan = orchestrationPath('fan')

/** A chain of five activities and a fan of fifty, on disk: how long each takes, how many there are at once, and their CPU. */
export const durableChainBench: Bench = {
  name: 'durable-chain',
  async run() {
    await using workerHost = await ServerProcess.start('host.ts', [app])
    await using inProcessHost = await ServerProcess.start('host.ts', [app, '--in-process'])
    const compare = async (
      about: Pick<Figure, 'measure' | 'unit'> & { atMost: { worker?: number; inProcess?: number } },
      contender: (server: ServerProcess, name: string) => Contender,
    ): Promise<Figure[]> => {
      const contenders = [contender(workerHost, worker), contender(inProcessHost, inProcess)]
      const samples = await measurePaired(contenders, { rounds })
      const { atMost, ...rest } = about
      const figure = (names: { ours: string; peer: string }, limit: number | undefined): Figure =>
        toFigure(samples, names, {
          ...rest,
          ...(limit !== undefined && { target: { of: 'ours', atMost: limit } }),
        })
      return [
        figure({ ours: worker, peer: inProcess }, atMost.worker),
        figure({ ours: inProcess, peer: worker }, atMost.inProcess),
      ]
    }
    return [
      ...(await compare(
        { measure: 'chain of 5 activities', unit: 'ms', atMost: { worker: 8, inProcess: 4 } },
        (server, name) => latency(server, name, { path: chain, times: 25 }),
      )),
      ...(await compare(
        {
          measure: 'chains of 5, 32 in flight',
          unit: 'us per chain',
          atMost: { worker: 1667, inProcess: 1000 },
        },
        (server, name) => pace(server, name, { path: chain, requests: 400, connections: 32 }),
      )),
      ...(await compare(
        { measure: 'chain of 5 activities', unit: 'us CPU per chain', atMost: { inProcess: 1200 } },
        (server, name) =>
          server.cpuPerRequest(name, chain, { requests: 300, connections: 32, method: 'POST' }),
      )),
      ...(await compare(
        { measure: '1 -> 50 -> 1 activities', unit: 'ms', atMost: { inProcess: 6 } },
        (server, name) => latency(server, name, { path: fan, times: 15 }),
      )),
      ...(await compare(
        {
          measure: '1 -> 50 -> 1 activities, 4 in flight',
          unit: 'us per fan',
          atMost: { worker: 5000, inProcess: 2500 },
        },
        (server, name) => pace(server, name, { path: fan, requests: 60, connections: 4 }),
      )),
    ]
  },
}
