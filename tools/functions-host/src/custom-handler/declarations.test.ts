import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { JsonSection } from '../config/json-section.ts'
import { readHandlerSettings } from './handler-settings.ts'
import { readFunctionFiles, routeFunction } from './read-function-files.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'functions-host-files-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

function declare(name: string, text: string): void {
  mkdirSync(join(directory, name), { recursive: true })
  writeFileSync(join(directory, name, 'function.json'), text)
}

describe('functions that are declared by files', () => {
  it('are read with the defaults of such files; those in error are named and left out, like disabled ones', () => {
    const http = { type: 'httpTrigger', name: 'req' }
    declare(
      'b-http',
      `\uFEFF${JSON.stringify({ bindings: [http, { type: 'http', name: 'res', direction: 'OUT' }] })}`,
    )
    declare(
      'a-timer',
      JSON.stringify({
        bindings: [{ type: 'timerTrigger', name: 't', schedule: '0 * * * * *' }],
        retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: '00:00:03' },
      }),
    )
    declare('off', JSON.stringify({ bindings: [http], disabled: true }))
    declare('off-by-setting', JSON.stringify({ bindings: [http], disabled: 'IS_OFF' }))
    declare('broken', '{')
    declare('list', '[]')
    declare('nameless', JSON.stringify({ bindings: [{ type: 'httpTrigger' }] }))
    declare('1st', JSON.stringify({ bindings: [http] }))
    const log: string[] = []
    const functions = readFunctionFiles(directory, {
      settings: { IS_OFF: '1' },
      log: (_level, message) => void log.push(message),
    })

    expect(functions).toEqual([
      {
        name: 'a-timer',
        id: 'a-timer',
        bindings: [{ type: 'timerTrigger', name: 't', direction: 'in', schedule: '0 * * * * *' }],
        retryOptions: expect.objectContaining({ maxRetryCount: 2, delayIntervalSeconds: 3 }) as unknown,
      },
      {
        name: 'b-http',
        id: 'b-http',
        bindings: [
          {
            ...http,
            direction: 'in',
            authLevel: 'function',
            methods: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
          },
          { type: 'http', name: 'res', direction: 'out' },
        ],
      },
    ])
    expect(log).toEqual([
      expect.stringContaining(`The '1st' function is in error and left out: "1st" is no name of a function`),
      expect.stringMatching(/The 'broken' function is in error.*function\.json is not valid JSON/),
      expect.stringMatching(/The 'list' function is in error.*must be an object/),
      expect.stringMatching(
        /The 'nameless' function is in error.*bindings\[0\]\.type and "name" must be set/,
      ),
      'Function off is disabled.',
      'Function off-by-setting is disabled.',
    ])
  })

  it('may be routes of host.json alone', () => {
    const { routes } = readHandlerSettings(
      JsonSection.of(
        {
          description: { defaultExecutablePath: 'x' },
          http: {
            defaultAuthorizationLevel: 'Anonymous',
            routes: [{ route: 'a' }, { route: 'b', authorizationLevel: 'Admin' }],
          },
        },
        'host.json: customHandler',
      ),
      { directory, settings: {}, isHttpWorker: false },
    )
    expect(routes).toEqual([
      { route: 'a', authLevel: 'anonymous' },
      { route: 'b', authLevel: 'admin' },
    ])
    expect(routeFunction(1, { route: 'b', authLevel: 'admin' })).toMatchObject({
      name: 'http-handler2',
      bindings: [
        { type: 'httpTrigger', route: 'b', authLevel: 'admin' },
        { type: 'http', direction: 'out' },
      ],
    })
  })
})

describe('the settings of a custom handler', () => {
  const read = (section: object): ReturnType<typeof readHandlerSettings> =>
    readHandlerSettings(JsonSection.of(section, 'host.json: customHandler'), {
      directory,
      settings: { NAME: 'value' },
      isHttpWorker: false,
    })

  it('put the command together; a program of the app goes before one of the system', () => {
    writeFileSync(join(directory, 'serve.sh'), '')
    const description = {
      defaultExecutablePath: 'serve.sh',
      arguments: ['-a', '%NAME%', '%OTHER%'],
      defaultWorkerPath: 'main',
      workerArguments: ['-z'],
      workingDirectory: 'sub',
    }
    expect(read({ description })).toMatchObject({
      executable: join(directory, 'serve.sh'),
      args: ['-a', 'value', '%OTHER%', 'main', '-z'],
      workingDirectory: join(directory, 'sub'),
      port: undefined,
      startTimeoutMs: 30_000,
      forwarding: 'none',
    })
    expect(read({ description: { defaultExecutablePath: 'python3' } }).executable).toBe('python3')
  })

  it.each(['enableForwardingHttpRequest', 'enableProxyingHttpRequest', 'enableHttpProxyingRequest'])(
    'forward requests by %s',
    (name) => {
      expect(read({ description: { defaultExecutablePath: 'x' }, [name]: true }).forwarding).toBe('to-path')
    },
  )

  it.each([
    [{}, 'customHandler.description.defaultExecutablePath is missing'],
    [
      { description: { defaultExecutablePath: 'x', arguments: 'a b' } },
      'customHandler.description.arguments must be a list of texts',
    ],
    [
      { description: { defaultExecutablePath: 'x' }, port: 'http' },
      'customHandler.port must be a whole number from 1 to 65535',
    ],
    [
      { description: { defaultExecutablePath: 'x' }, http: { routes: [{}] } },
      'http.routes[0].route is missing',
    ],
    [
      { description: { defaultExecutablePath: 'x' }, initializationTimeout: 'soon' },
      'initializationTimeout: "soon"',
    ],
  ])('%j are refused: %s', (section, message) => {
    expect(() => read(section)).toThrow(message)
  })
})
