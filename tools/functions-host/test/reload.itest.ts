import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningProgram } from './running-program.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const durableLibrary = import.meta.resolve('durable-functions')

/** One version of an app that says which it is. */
const version = (name: string, more = ''): string => `
  app.http('which', { handler: () => ({ body: '${name} ' + (process.env.COLOUR ?? '') }) })
  app.http('slow', { handler: async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500))
    return { body: '${name}' }
  } })
  app.timer('ticking', { schedule: '* * * * * *', handler: () => console.log('tick of ${name}') })
  ${more}`

describe('an app whose code changes', () => {
  const folder = new AppFolder(version('first'))
  let func: RunningProgram
  let url = ''
  const ask = async (path: string): Promise<string> => (await fetch(`${url}/api/${path}`)).text()
  const reloads = (): number => func.output.match(/Reloaded in \d+ ms/g)?.length ?? 0
  beforeAll(async () => {
    func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    url = await func.url()
    expect(await ask('which')).toBe('first ')
  })
  afterAll(async () => {
    await func[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  it('runs the new code; no request is refused, and what runs may end', async () => {
    const slow = ask('slow')
    await func.printed(/Executing 'Functions.slow'/)
    folder.writeCode(version('second'))

    // One request after the other, all through the change.
    const answers = new Set<string>()
    await until(async () => {
      answers.add(await ask('which'))
      return answers.has('second ') || undefined
    })
    expect([...answers]).toEqual(['first ', 'second '])
    expect(await slow).toBe('first')
    await func.printed(/\] Reloaded in \d+ ms: index\.js changed\.\n/)
  })

  it('leaves no timer of the code before behind', async () => {
    await func.printed(/tick of second/)
    const from = func.output.length
    await until(() => func.output.slice(from).split('tick of second').length > 2 || undefined)

    expect(func.output.slice(from)).not.toContain('tick of first')
  })

  it('lists functions that are new', async () => {
    folder.writeCode(
      version('third', `app.http('more', { methods: ['GET'], handler: () => ({ body: 'more' }) })`),
    )

    await func.printed(/Functions:\n[^]*Functions:\n[^]*\tmore: \[GET\] http:\/\/localhost:\d+\/api\/more\n/)
    expect(await ask('more')).toBe('more')
  })

  it.each([
    ['does not load', `throw new Error('half written')`, 'Error: half written'],
    ['is no JavaScript', 'app.http(', 'SyntaxError'],
    ['ends its process', 'process.exit(3)', 'exit code 3'],
    ['has a route that is none', `app.http('x', { route: 'a/{b:colour}', handler() {} })`, 'Function "x"'],
  ])('runs on as it was when the new code %s, until it is mended', async (_case, code, message) => {
    const from = func.output.length
    folder.writeCode(`${version('broken')}\n${code}`)
    await until(() => func.output.slice(from).includes('what ran before runs on') || undefined)

    expect(func.output.slice(from)).toContain(message)
    expect(await ask('which')).toBe('third ')

    folder.writeCode(version('third'))
    await until(() => func.output.slice(from).includes('Reloaded in') || undefined)
    expect(await ask('which')).toBe('third ')
  })

  it('runs on as it was while the new code registers nothing, as a file does that is half written', async () => {
    const from = func.output.length
    folder.writeCode('')
    await until(() => func.output.slice(from).includes('It registers no functions any more') || undefined)
    expect(await ask('which')).toBe('third ')

    folder.writeCode(version('third'))
    await until(() => func.output.slice(from).includes('Reloaded in') || undefined)
  })

  it('sees new settings and files in folders, and nothing in node_modules', async () => {
    const before = reloads()
    folder.write('node_modules/some/index.js', '')
    folder.write('.hidden/index.js', '')
    folder.write('local.settings.json', '{ "Values": { "COLOUR": "red" } }')
    await until(async () => (await ask('which')) === 'third red' || undefined)
    await until(() => reloads() === before + 1 || undefined)
    folder.write('src/lib/name.js', 'export const name = "far away"')
    await func.printed(/Reloaded in \d+ ms: src\/lib\/name\.js changed/)

    expect(reloads()).toBe(before + 2)
    expect(func.output).not.toMatch(/(node_modules|hidden).*changed/)
  })

  it('survives a folder that is half written: host.json', async () => {
    folder.write('host.json', '{ "version": ')
    await func.printed(/host\.json is not valid JSON/)
    expect(await ask('which')).toBe('third red')
    folder.write('host.json', '{ "version": "2.0", "extensions": { "http": { "routePrefix": "v2" } } }')

    await until(async () => (await fetch(`${url}/v2/which`)).ok || undefined)
  })
})

describe('an orchestration', () => {
  const code = (name: string): string => `
    import * as df from '${durableLibrary}'
    df.app.orchestration('waits', function* (context) {
      yield context.df.waitForExternalEvent('go')
      return yield context.df.callActivity('says')
    })
    df.app.activity('says', { handler: () => '${name}' })
    app.http('begin', { extraInputs: [df.input.durableClient()], handler: async (request, context) => {
      const client = df.getClient(context)
      return { body: await client.startNew('waits') }
    } })
    app.http('raise', { route: 'raise/{id}', extraInputs: [df.input.durableClient()], handler: async (request, context) => {
      await df.getClient(context).raiseEvent(request.params.id, 'go', {})
      return { body: '${name}' }
    } })`

  it('goes on in the new code', async () => {
    using folder = new AppFolder(code('before'))
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    const url = await func.url()
    const id = await (await fetch(`${url}/api/begin`)).text()
    folder.writeCode(code('after'))
    await func.printed(/Reloaded in/)
    await fetch(`${url}/api/raise/${id}`)

    const status = await until(async () => {
      const answer = await fetch(`${url}/runtime/webhooks/durabletask/instances/${id}`)
      const body = (await answer.json()) as { runtimeStatus: string; output: unknown }
      return body.runtimeStatus === 'Completed' ? body : undefined
    })
    expect(status.output).toBe('after')
  })
})

describe('--no-watch', () => {
  it('leaves the code as it was', async () => {
    using folder = new AppFolder(version('first'))
    await using func = new RunningProgram('func', ['start', '--port', '0', '--no-watch'], folder.path)
    const url = await func.url()
    folder.writeCode(version('second'))
    await func.printed(/tick of first[^]*tick of first/)

    expect(await (await fetch(`${url}/api/which`)).text()).toBe('first ')
  })
})

describe('an app whose code changes while it loads', () => {
  it('runs the new code in the end', async () => {
    const slowly = `console.log('loading'); await new Promise((resolve) => setTimeout(resolve, 1500))`
    using folder = new AppFolder(version('first', slowly))
    await using func = new RunningProgram('func', ['start', '--port', '0'], folder.path)
    await func.printed(/loading/)
    folder.writeCode(version('second'))

    const url = await func.url()
    await until(async () => (await (await fetch(`${url}/api/which`)).text()) === 'second ' || undefined)
  })
})
