import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningProgram } from './running-program.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const code = `
  const circular = {}
  circular.self = circular
  const stubborn = new Error('stubborn')
  Object.defineProperty(stubborn, 'stack', { get() { throw new Error('no stack') } })
  const thrown = { bigInt: 10n, circular, stubborn, number: Object.assign(new Error('x'), { message: {}, stack: 5 }) }
  app.http('throws', { route: 'throws/{what}', handler(request) { throw thrown[request.params.what] } })
  app.http('late', { handler() {
    setTimeout(() => { throw null }, 1)
    return new Promise(() => {})
  } })
  app.http('rejects', { handler() {
    Promise.reject(Object.create(null))
    return { body: 'answered' }
  } })
  app.http('writes', { methods: ['POST'], async handler(request) {
    const { writeSync } = await import('node:fs')
    writeSync(3, Buffer.from(await request.arrayBuffer()))
    return { body: 'written' }
  } })
  app.http('fine', { handler: () => ({ body: 'fine' }) })`

/** A frame of JSON with this text, as a worker writes it to its channel. */
function frameOf(text: string): Uint8Array<ArrayBuffer> {
  const prefix = Buffer.alloc(9)
  prefix.writeUInt32LE(text.length)
  return new Uint8Array(Buffer.concat([prefix, Buffer.from(text)]))
}

describe('function code that misbehaves', () => {
  const folder = new AppFolder(code)
  let func: RunningProgram
  let url = ''
  beforeAll(async () => {
    // A time-out that is longer than the timers of Node, which let it pass at once.
    func = new RunningProgram('func', ['start', '--port', '0'], folder.path, {
      AzureFunctionsJobHost__functionTimeout: '40.00:00:00',
    })
    url = await func.url()
  })
  afterAll(async () => {
    await func[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  async function isServed(): Promise<void> {
    await until(async () => (await fetch(`${url}/api/fine`)).ok || undefined)
  }

  it.each([
    ['bigInt', 'Exception: 10n'],
    ['circular', 'Exception: <ref *1> { self: [Circular *1] }'],
    ['stubborn', 'Exception: A value that cannot be shown was thrown.'],
    ['number', 'Exception: [object Object]'],
  ])('is answered 500 when it throws what is no usual error: %s', async (what, message) => {
    const answer = await fetch(`${url}/api/throws/${what}`)

    expect(answer.status).toBe(500)
    await until(() => func.output.includes(message) || undefined)
  })

  it('costs its worker when it throws outside of its function, and is told of', async () => {
    expect((await fetch(`${url}/api/late`)).status).toBe(503)
    await func.printed(/Uncaught exception: null/)
    await isServed()
  })

  it('goes on after a rejection with what is no error', async () => {
    expect(await (await fetch(`${url}/api/rejects`)).text()).toBe('answered')
    await func.printed(/Unhandled rejection: \{\}/)
    await isServed()
  })

  it.each([
    ['bytes of any kind', Buffer.from('all but a frame')],
    ['a frame without a message', frameOf('{ "type": ')],
  ])('costs its worker when it writes %s to the channel', async (_case, body) => {
    const answer = await fetch(`${url}/api/writes`, { method: 'POST', body })

    expect(answer.status).toBe(503)
    await isServed()
  })
})

describe('an entry point that never ends', () => {
  it('is told of Ctrl-C', async () => {
    using folder = new AppFolder(`console.log('waiting'); await new Promise(() => {})`)
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    await func.printed(/waiting/)
    func.send('SIGINT')

    expect(await func.ended()).toBe(0)
  })

  it('ends with the host, even where it is busy', async () => {
    using folder = new AppFolder(`console.log('busy ' + process.pid); for (;;);`)
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    const pid = Number(await func.printed(/busy (\d+)/))
    func.send('SIGINT')
    await func.ended()

    await until(() => !isRunning(pid) || undefined)
  })

  it('gives way to the code that mends it', async () => {
    const version = (name: string): string => `app.http('which', { handler: () => ({ body: '${name}' }) })`
    using folder = new AppFolder(version('first'))
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    const url = await func.url()
    const ask = async (): Promise<string> => (await fetch(`${url}/api/which`)).text()
    folder.writeCode(`console.log('waiting'); await new Promise(() => {})`)
    await func.printed(/waiting/)
    expect(await ask()).toBe('first')
    folder.writeCode(version('second'))

    await until(async () => (await ask()) === 'second' || undefined)
    expect(func.output).toContain('The app did not load before it changed again')
  })
})

describe('a program that an app has started', () => {
  it.each([
    ['its worker is killed', (worker: number) => process.kill(worker, 'SIGKILL')],
    ['the host ends', (_worker: number, func: RunningProgram) => func.send('SIGTERM')],
    ['the host is killed', (_worker: number, func: RunningProgram) => func.send('SIGKILL')],
  ])('ends when %s', async (_case, end) => {
    using folder = new AppFolder(`
      import { spawn } from 'node:child_process'
      const { pid } = spawn('sleep', ['300'])
      app.http('pids', { handler: () => ({ jsonBody: [process.pid, pid] }) })`)
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    const pids = (await (await fetch(`${await func.url()}/api/pids`)).json()) as [number, number]
    expect(pids.map(isRunning)).toEqual([true, true])
    end(pids[0], func)

    await until(() => !isRunning(pids[1]) || undefined)
  })
})

describe('an app whose folder is taken away', () => {
  it('is named by the worker that cannot start', async () => {
    using folder = new AppFolder(`app.http('pid', { handler: () => ({ jsonBody: process.pid }) })`)
    await using func = new RunningProgram('func', ['start', '--port', '0', '--no-watch'], folder.path)
    const pid = await (await fetch(`${await func.url()}/api/pid`)).json()
    folder[Symbol.dispose]()
    process.kill(pid as number, 'SIGKILL')

    await func.printed(new RegExp(`The worker did not start: .* ${folder.path} is not there`))
  })
})

describe('an app that is not loaded', () => {
  it.each([
    ['no package.json', 'package.json', undefined, 'package.json is not there: its "main" names the files'],
    ['no JSON', 'package.json', '{ "main": ', 'package.json cannot be read as JSON'],
    ['a main that is no text', 'package.json', '{ "main": 5 }', '"main" must be text in quotes'],
    [
      'a main without a file',
      'package.json',
      '{ "main": "dist/*.js" }',
      '"main" is "dist/*.js", and no file',
    ],
    ['code that throws a text', 'index.js', `throw 'not today'`, 'load entry point "index.js": not today'],
    [
      'settings that no process can have',
      'local.settings.json',
      JSON.stringify({ Values: { MINE: 'x'.repeat(200_000) } }),
      'The longest one is "MINE", 200000 characters',
    ],
  ])('names what is wrong with it: %s', async (_case, file, text, message) => {
    using folder = new AppFolder('')
    if (text === undefined) folder.remove(file)
    else folder.write(file, text)
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)

    expect(await func.ended()).toBe(1)
    expect(func.errors).toContain(message)
    expect(func.errors).not.toContain('    at ')
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
