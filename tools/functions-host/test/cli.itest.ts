import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningProgram } from './running-program.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const stamp = String.raw`\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\]`
const id = '[0-9a-f-]{36}'

describe('func start in the folder of an app', () => {
  const folder = new AppFolder(
    `app.http('hello', { handler(request, context) {
      context.log('said with the context')
      context.debug('said in a low voice')
      console.log('said on the console')
      return { body: 'hello' }
    } })
    app.http('broken', { route: 'items/{id}', methods: ['POST'], handler() { throw new Error('not today') } })
    app.timer('yearly', { schedule: '0 0 0 1 1 *', handler() {} })
    app.timer('off', { schedule: '0 0 0 1 1 *', handler() {} })`,
    {
      'local.settings.json':
        '{ "Values": { "AzureWebJobs.off.Disabled": "true" }, "Host": { "LocalHttpPort": 0 } }',
    },
  )
  let func: RunningProgram
  let url = ''
  beforeAll(async () => {
    func = new RunningProgram('func', ['start'], folder.path)
    url = await func.url()
  })
  afterAll(async () => {
    await func[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it('prints versions, functions and the lease as Core Tools do', () => {
    const port = new URL(url).port

    expect(func.output).toMatch(
      /^\nAzure Functions Core Tools\nCore Tools Version: {7}4\.\d+\.\d+.*\nFunction Runtime Version: 4\.\d+\.\d+\n\n/,
    )
    expect(func.output).toContain(
      `
Functions:

\tbroken: [POST] http://localhost:${port}/api/items/{id}

\thello: [GET,POST] http://localhost:${port}/api/hello

\tyearly: timerTrigger

For detailed output, run func with --verbose flag.
`,
    )
    expect(func.output).toMatch(new RegExp(`^${stamp} Function off is disabled\\.$`, 'm'))
    expect(func.output).toMatch(
      new RegExp(`^${stamp} Host lock lease acquired by instance ID '[0-9A-F]{32}'\\.$`, 'm'),
    )
    expect(func.output).not.toContain('\u001B')
  })

  it('prints each run, and what its code says', async () => {
    await fetch(`${url}/api/hello`)
    const ended = await func.printed(
      new RegExp(`^${stamp} Executed 'Functions.hello' \\(Succeeded, Id=(${id}), Duration=\\d+ms\\)$`, 'm'),
    )

    expect(func.output).toMatch(
      new RegExp(
        `^${stamp} Executing 'Functions.hello' \\(Reason='This function was programmatically called via the host APIs.', Id=${ended}\\)$`,
        'm',
      ),
    )
    expect(func.output).toMatch(new RegExp(`^${stamp} said with the context$`, 'm'))
    expect(func.output).not.toContain('said in a low voice')
    await func.printed(/^said on the console$/m)
  })

  it('prints why a run failed, in the words of the real host', async () => {
    await fetch(`${url}/api/items/1`, { method: 'POST' })

    await func.printed(
      new RegExp(
        `^${stamp} Executed 'Functions.broken' \\(Failed, Id=${id}, Duration=\\d+ms\\)\n${stamp} Exception while executing function: Functions.broken. Result: Failure\n${stamp} Exception: not today\n${stamp} Stack: Error: not today\n${stamp}     at `,
        'm',
      ),
    )
  })

  it('ends with 0 at Ctrl-C', async () => {
    func.send('SIGINT')

    expect(await func.ended()).toBe(0)
  })
})

describe('what is logged', () => {
  const code = `app.http('hello', { handler(request, context) {
    context.debug('low')
    context.warn('loud')
    return { body: 'hello' }
  } })`

  it.each([
    ['--verbose adds what the host does', ['--verbose'], {}, ['loud', 'Executing'], ['low', 'run func with']],
    [
      'a level for code from the command line',
      ['--user-log-level', 'Debug'],
      {},
      ['low', 'loud', 'Executing'],
      [],
    ],
    [
      'levels of host.json',
      [],
      { default: 'Debug', 'Function.hello': 'Warning' },
      ['loud'],
      ['low', 'Executing', 'Executed'],
    ],
  ])('%s', async (_case, flags, logLevel, shown, hidden) => {
    using folder = new AppFolder(code, {
      'host.json': JSON.stringify({ version: '2.0', logging: { logLevel, console: { isEnabled: true } } }),
    })
    await using func = new RunningProgram('func', ['host', 'start', '--port', '0', ...flags], folder.path)
    await fetch(`${await func.url()}/api/hello`)
    await until(() => shown.every((text) => func.output.includes(text)) || undefined)
    func.send('SIGTERM')
    await func.ended()

    for (const text of hidden) expect(func.output).not.toContain(text)
  })

  it('has colours where they are asked for', async () => {
    using folder = new AppFolder(code)
    await using func = new RunningProgram('func', ['start', '-p', '0'], folder.path, {
      FORCE_COLOR: '1',
      NO_COLOR: '',
    })
    await func.url()

    expect(func.output).toContain('\u001B[33mFunctions:\u001B[39m')
  })
})

describe('func start whose output nobody reads any more', () => {
  it('ends as if it were told to', async () => {
    using folder = new AppFolder(`app.http('hello', { handler: () => ({ body: 'hello' }) })`)
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    const hello = `${await func.url()}/api/hello`
    func.closeOutput()

    expect(await (await fetch(hello)).text()).toBe('hello')
    expect(await func.ended()).toBe(0)
    expect(func.errors).toBe('')
  })
})

describe('flags', () => {
  it('choose functions, pass arguments to the worker and are compatible with Core Tools', async () => {
    using folder = new AppFolder(
      `for (const name of ['one', 'two', 'three']) app.http(name, { handler: () => ({ jsonBody: process.execArgv }) })`,
    )
    const flags = [
      '--script-root',
      folder.path,
      '--port=0',
      '--functions',
      'one',
      'three',
      '--no-build',
      '-t',
      '60',
    ]
    const workerFlags = ['--language-worker', '--', '--title=a --trace-warnings', '"--stack-trace-limit=7"']
    await using func = new RunningProgram('func', ['start', ...flags, ...workerFlags], '/', {
      languageWorkers__node__arguments: '--no-deprecation "--conditions=x y"',
    })
    const url = await func.url()

    expect(await (await fetch(`${url}/api/three`)).json()).toEqual(
      expect.arrayContaining([
        '--no-deprecation',
        '--conditions=x y',
        '--title=a',
        '--trace-warnings',
        '--stack-trace-limit=7',
      ]),
    )
    expect((await fetch(`${url}/api/two`)).status).toBe(404)
  })

  it.each([
    [['start', '--useHttps'], 'HTTPS (--useHttps, --cert, --password) is not built'],
    [['start', '--runtime', 'inproc8'], '--runtime inproc8 is for apps in .NET'],
    [['start', '--port', 'x'], 'expected a port, 0 to 65535'],
    [['start', '--prot', '1'], "unknown option '--prot'"],
    [['start', 'index.js'], '"index.js" is no flag of start'],
    [['start', '--host', ''], 'expected a name or an address'],
    [['start', '--port', '0', '--host', '192.0.2.1'], '"192.0.2.1" is no address of this machine'],
    [['start', '--app', '.:0:list.json'], 'list.json must be an object, setting -> text'],
    [['start', '--app', '.:0:deep.json'], 'deep.json: MINE must be text in quotes'],
    [['start', '--user-log-level', 'loud'], '--user-log-level: "loud" is no log level'],
    [['start', '--script-root', '/nowhere'], '/nowhere is no function app: it has no host.json'],
    [['new', '--template', 'HTTP trigger', '--name', 'x'], '"func new" is not part of this func'],
    [['init', 'app', '--worker-runtime', 'node'], '"func init" is not part of this func'],
    [['strat'], "unknown command 'strat'"],
  ])('%j is refused in words', async (args, message) => {
    using folder = new AppFolder('', { 'list.json': '[1]', 'deep.json': '{"MINE":{}}' })
    await using func = new RunningProgram('func', args, folder.path)

    expect(await func.ended()).toBe(1)
    expect(func.errors).toContain(message)
    expect(func.errors).not.toContain('    at ')
  })

  it('name functions that are not there, and those that are', async () => {
    using folder = new AppFolder(`app.http('one', { handler() {} })`)
    await using func = new RunningProgram('func', ['start', '-p', '0', '--functions', 'two'], folder.path)

    await func.printed(/names what the app does not have: two\. It has: one\./)
  })

  const itWithIPv6 = networkInterfaces()['lo']?.some(({ address }) => address === '::1') ? it : it.skip
  itWithIPv6('take an address of IPv6', async () => {
    using folder = new AppFolder(`app.http('hello', { handler: () => ({ body: 'hello' }) })`)
    await using func = new RunningProgram('func', ['start', '-p', '0', '--host', '::1'], folder.path)

    expect(await (await fetch(`${await func.url()}/api/hello`)).text()).toBe('hello')
  })

  it('--version answers a version of Core Tools', async () => {
    await using func = new RunningProgram('func', ['--version'], '/')

    expect(await func.ended()).toBe(0)
    expect(func.output).toMatch(/^4\.\d+\.\d+\n$/)
  })
})
