import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { makeHostileRequest } from './hostile-requests.ts'
import { randomFrom } from './seeded-random.ts'
import { RunningHost } from './running-host.ts'

// HOSTILE_REQUESTS=100000 is the whole of it; what is sent here by default is enough to notice what has broken.
const requests = Number(process.env['HOSTILE_REQUESTS'] ?? 6_000)
const seed = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 32)
const atOnce = 100
/** How long the host may wait for the rest of a request before it hears that there is none. */
const waitMs = 300
/** A connection that is not closed by then hangs. */
const patienceMs = 20_000
/** Times at which the memory is measured; even. */
const rounds = 4
const mostGrowthBytes = 96 * 2 ** 20

jest.setTimeout(Math.max(120_000, requests * 10))

const code = `
app.http('plain', { handler: () => ({ jsonBody: process.pid }) })
app.http('item', { route: 'item/{id:int}/{*rest}', handler: (request) => ({ jsonBody: request.params }) })
app.http('echo', { methods: ['POST', 'PUT'], handler: async (request) => ({ body: await request.text() }) })
app.eventGrid('onEvent', { handler() {} })
`
const buffered = new AppFolder(code)
const streaming = new AppFolder(`app.setup({ enableHttpStream: true })${code}`)
let host: RunningHost
const urlOf = (app: AppFolder): URL => new URL(host.url(basename(app.path)))
beforeAll(async () => {
  host = await RunningHost.start({ [buffered.path]: {}, [streaming.path]: {} })
})
afterAll(async () => {
  await host[Symbol.asyncDispose]()
  buffered[Symbol.dispose]()
  streaming[Symbol.dispose]()
})

/**
 * Sends bytes and behind them a sound request that has the host close. Where it waits for more of the former instead, no
 * more comes, and the host hears so. Answers what came back until it closed.
 */
async function exchange(url: URL, bytes: Buffer): Promise<string> {
  const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true })
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  socket.on('end', () => socket.end())
  // A host that closes while more is coming resets the connection: that is an answer too.
  socket.on('error', () => {})
  const endOfWaiting = setTimeout(() => socket.end(), waitMs)
  const endOfPatience = setTimeout(() => {
    answer = 'HANGS'
    socket.destroy()
  }, patienceMs)
  socket.write(bytes)
  socket.write('GET /api/plain HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  await once(socket, 'close').catch(() => {})
  clearTimeout(endOfWaiting)
  clearTimeout(endOfPatience)
  return answer
}

const workerPid = async (app: AppFolder): Promise<number> =>
  (await (await fetch(new URL('/api/plain', urlOf(app)))).json()) as number

/** Memory of a process that is not shared out or swapped, bytes. */
function residentBytes(pid: number | undefined): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) * 1024
}

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip
describeOnLinux('a host under hostile requests', () => {
  it.each([
    ['buffered', buffered],
    ['streaming', streaming],
  ])(`answers or closes each, neither crashes nor grows: %s (seed ${seed})`, async (_mode, app) => {
    process.stderr.write(`hostile requests: HOSTILE_SEED=${seed} HOSTILE_REQUESTS=${requests}\n`)
    const random = randomFrom(seed)
    const worker = await workerPid(app)
    const send = async (count: number): Promise<void> => {
      let left = count
      const sendSome = async (): Promise<void> => {
        while (left > 0) {
          left -= 1
          const text = makeHostileRequest(random)
          const answer = await exchange(urlOf(app), Buffer.from(text, 'latin1'))
          if (answer === 'HANGS') throw new Error(`No end of ${JSON.stringify(text)}`)
          const status = /^HTTP\/1\.1 (\d+) /.exec(answer)?.[1] ?? 'none'
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
        }
      }
      await Promise.all(Array.from({ length: atOnce }, sendSome))
    }
    const statuses = new Map<string, number>()
    const memory: [hostBytes: number, workerBytes: number][] = []
    for (let round = 0; round < rounds; round += 1) {
      await send(requests / 2 / rounds)
      memory.push([residentBytes(host.pid), residentBytes(worker)])
    }
    process.stderr.write(`${JSON.stringify(Object.fromEntries(statuses))} ${JSON.stringify(memory)}\n`)

    expect(await workerPid(app)).toBe(worker)
    // The first half warms up: buffers and compiled code stay.
    const [before, after] = [memory[rounds / 2 - 1], memory[rounds - 1]]
    expect((after?.[0] ?? 0) - (before?.[0] ?? 0)).toBeLessThan(mostGrowthBytes)
    expect((after?.[1] ?? 0) - (before?.[1] ?? 0)).toBeLessThan(mostGrowthBytes)
    // Sound ones and refused ones are both among them, or nothing would have been tried.
    expect(statuses.get('200')).toBeGreaterThan(requests / 200)
    expect(statuses.get('400')).toBeGreaterThan(requests / 200)
    expect(host.log).not.toMatch(/\n\s+at .*functions-host\/src|Uncaught|Unhandled/)
  })
})
