import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningProgram } from './running-program.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Answer {
  readonly name: string
  readonly pid: number
  readonly debugger: string
}

describe('a debugger', () => {
  const code = (name: string): string => `
    import { url } from 'node:inspector'
    app.http('which', { handler: () => ({ jsonBody: { name: '${name}', pid: process.pid, debugger: url() ?? '' } }) })`

  it.each([
    ['--inspect', (port: number) => ({ flags: ['--inspect', String(port)], env: {} })],
    [
      'languageWorkers__node__arguments',
      (port: number) => ({ flags: [], env: { languageWorkers__node__arguments: `--inspect=${port}` } }),
    ],
  ])(
    'attaches to the functions with %s, and finds the next worker where the one before was',
    async (_how, options) => {
      const port = await freePort()
      const { flags, env } = options(port)
      using folder = new AppFolder(code('first'))
      await using func = new RunningProgram('func', ['start', '--port', '0', ...flags], folder.path, env)
      const url = await func.url()
      /** The worker that answers, once a debugger finds it at the port. */
      const attachable = (isWanted: (worker: Answer) => boolean): Promise<Answer> =>
        until(async () => {
          const answer = await fetch(`${url}/api/which`)
          if (!answer.ok) return undefined
          const worker = (await answer.json()) as Answer
          if (!isWanted(worker) || !worker.debugger) return undefined
          const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
            id: string
          }[]
          return targets.some(({ id }) => worker.debugger.endsWith(`:${port}/${id}`)) ? worker : undefined
        })
      const first = await attachable(({ name }) => name === 'first')

      folder.writeCode(code('second'))
      const second = await attachable(({ name }) => name === 'second')
      process.kill(second.pid, 'SIGKILL')
      const third = await attachable(({ pid }) => pid !== second.pid)

      expect(new Set([first.pid, second.pid, third.pid]).size).toBe(3)
    },
  )
})

describe('functions-host invoke', () => {
  const folder = new AppFolder(
    `app.http('greet', { route: 'greet/{name}/{place?}', methods: ['GET'], handler: (request) => ({ body: JSON.stringify(request.params) }) })
    app.http('echo', { methods: ['POST'], handler: async (request) => ({ status: 201, body: request.headers.get('content-type') + ' ' + (await request.text()) }) })
    app.http('broken', { handler() { throw new Error('not today') } })
    app.timer('sweep', { schedule: '0 0 0 1 1 *', handler: (timer, context) => context.log('swept') })`,
    { 'input.json': '{"from":"a file"}' },
  )
  let func: RunningProgram
  let port = ''
  const invoke = async (
    ...args: string[]
  ): Promise<{ code: number | null; output: string; errors: string }> => {
    await using program = new RunningProgram('cli', ['invoke', ...args], folder.path)
    const code = await program.ended()
    return { code, output: program.output, errors: program.errors }
  }
  beforeAll(async () => {
    func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    port = new URL(await func.url()).port
  })
  afterAll(async () => {
    await func[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it.each([
    [
      'fills a route',
      ['greet', '--param', 'name=Ada L'],
      0,
      '{"name":"Ada L"}',
      'GET /api/greet/Ada%20L/: 200 OK\n',
    ],
    [
      'sends text',
      ['echo', '--data', 'some text'],
      0,
      'text/plain some text',
      'POST /api/echo: 201 Created\n',
    ],
    [
      'sends a file',
      ['ECHO', '-d', '@input.json'],
      0,
      'application/json {"from":"a file"}',
      'POST /api/echo: 201',
    ],
    ['fails as the function does', ['broken'], 1, '', 'GET /api/broken: 500 Internal Server Error\n'],
  ])('%s', async (_case, args, code, output, errors) => {
    const result = await invoke(...args, '--port', port)

    expect(result).toMatchObject({ code, output })
    expect(result.errors).toContain(errors)
  })

  it('runs a function without a route, and says where in the log', async () => {
    const result = await invoke('sweep', '-p', port)
    const id = /Id=([0-9a-f-]{36})/.exec(result.output)?.[1]

    expect(result.code).toBe(0)
    await func.printed(new RegExp(`Executed 'Functions.sweep' \\(Succeeded, Id=${id}, `))
    expect(func.output).toContain('swept')
  })

  it.each([
    ['an unknown function', ['sweeep'], 'The app has no function "sweeep". Did you mean sweep?'],
    [
      'a route without its values',
      ['greet'],
      'The route of "greet", /api/greet/{name}/{place?}, needs values: --param name=...',
    ],
    ['a file that is not there', ['echo', '-d', '@nothing.json'], '--data @nothing.json cannot be read'],
  ])('names %s', async (_case, args, message) => {
    const result = await invoke(...args, '--port', port)

    expect(result.code).toBe(1)
    expect(result.errors).toContain(message)
  })

  it('says that nobody is there', async () => {
    const free = String(await freePort())

    expect((await invoke('sweep', '--port', free)).errors).toContain(
      `No Functions host answers at http://127.0.0.1:${free}. Start one with functions-host start`,
    )
  })
})

describe('start and end', () => {
  const stuck = `app.http('stuck', { handler: () => new Promise(() => {}) })`

  it('names a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    using folder = new AppFolder(stuck)
    await using func = new RunningProgram('func', ['start', '--port', String(port)], folder.path)

    const code = await func.ended()
    server.close()
    expect(code).toBe(1)
    expect(func.errors).toBe(`Port ${port} is taken. End what uses it, or choose another one with --port.\n`)
  })

  it('names which of several apps is at fault', async () => {
    using good = new AppFolder(stuck)
    using bad = new AppFolder(stuck, { 'host.json': '{' })
    await using cli = new RunningProgram(
      'cli',
      ['start', '--app', `${good.path}:0`, '--app', `${bad.path}:0`],
      '/tmp',
    )

    expect(await cli.ended()).toBe(1)
    expect(cli.errors).toContain(`${bad.path}: `)
    expect(cli.errors).toContain('host.json is not valid JSON')
  })

  it('gives up on an app that does not start in time', async () => {
    using folder = new AppFolder('await new Promise((resolve) => setTimeout(resolve, 60_000))')
    await using func = new RunningProgram('func', ['start', '--port', '0', '--timeout', '1'], folder.path)

    expect(await func.ended()).toBe(1)
    expect(func.errors).toContain('The app has not started within 1 s (--timeout).')
  })

  it('waits for what runs at the first Ctrl-C, and ends at the second', async () => {
    using folder = new AppFolder(stuck)
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    const url = await func.url()
    const lost = fetch(`${url}/api/stuck`).catch(() => 'lost')
    await func.printed(/Executing 'Functions.stuck'/)
    func.send('SIGINT')
    await func.printed(/^Ending, as soon as what runs has ended/m)
    func.send('SIGINT')

    expect(await func.ended()).toBe(130)
    expect(await lost).toBe('lost')
  })
})
