import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { openContainer, statusOf } from './open-container.ts'
import { readyAccount } from './ready-account.ts'
import { runCommand } from './run-command.ts'

describe('the command', () => {
  it.each([
    [['strat'], /unknown command 'strat'\n\(Did you mean start\?\)/],
    [
      ['start', '--prot', '1'],
      /unknown option '--prot'\n\(Did you mean --port\?\)\n\n?\(cosmos-emulator start --help/,
    ],
    [['start', '--port', '70000'], /argument '70000' is invalid\. It must be a port, 0 to 65535\./],
    [['start', '--account', 'a b:1'], /It must be NAME:PORT or NAME:PORT:HTTPSPORT/],
    [
      ['fault', 'add', 'trottle'],
      /value 'trottle' is invalid for argument 'preset'\. Allowed choices are throttle, /,
    ],
    [['import'], /missing required argument 'file'/],
    [['start', '--memory', '--data', 'x'], /'--memory' cannot be used with option '--data/],
    [['start', '--account', 'a:0', '--port', '0'], /'--account .*' cannot be used with option '-p, --port/],
    [['status', '--endpoint', 'localhost:8081'], /It must be the address of an account, such as http:/],
    [
      ['export', '--data', 'x', '--endpoint', 'http://localhost:1'],
      /'--data' cannot be used with option '--endpoint'/,
    ],
    [['export', '--account', 'x'], /'--account' names an account in a data folder: give that with --data/],
  ])('refuses %j with exit code 2, and tells what was meant', async (args, message) => {
    expect(await runCommand(args)).toEqual({ code: 2, output: '', errors: expect.stringMatching(message) })
  })

  it('helps', async () => {
    const { code, output } = await runCommand(['--help'])
    expect(code).toBe(0)
    for (const name of ['start', 'status', 'export', 'import', 'fault', 'split'])
      expect(output).toMatch(new RegExp(`\n  ${name} `))

    expect((await runCommand(['export', '--help'])).output).toMatch(
      /Examples:\n {2}cosmos-emulator export --out/,
    )
  })

  it('starts accounts by HTTP and HTTPS, and says how to trust the certificate', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'cosmos-cli-'))
    const data = join(folder.path, 'data')
    const program = join(import.meta.dirname, '../bin/cosmos-emulator.mjs')
    const args = [
      'start',
      '--data',
      data,
      '--account',
      'one:0:0',
      '--account',
      'two:0',
      '--allow-host',
      'a.example',
    ]
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    const { account, httpsEndpoint } = await readyAccount(child)

    const asked = request(httpsEndpoint!, { rejectUnauthorized: false, headers: { host: 'a.example' } }).end()
    const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume: () => void }]
    answer.resume()
    expect([account, answer.statusCode]).toEqual(['one', 401])
    const ended = once(child, 'close')
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(output).toMatch(/Emulator ready: \{"account":"two"/)
    expect(output).toMatch(/\nData explorer of two: http:\S+\/_explorer\n/)
    expect(output).toContain(`\nData: ${data}\n`)
    expect(output).toContain(`NODE_EXTRA_CA_CERTS=${join(data, 'certificate.pem')}`)
    // Nothing of it is committed by accident: the key of the certificate is there, too.
    expect(readFileSync(join(data, '.gitignore'), 'utf8')).toBe('*\n')
    for (const name of ['one.sqlite', 'two.sqlite', 'certificate.pem'])
      expect(existsSync(join(data, name))).toBe(true)
  }, 60_000)
})

describe('a running emulator', () => {
  it('tells what it holds, and fails as it is told', async () => {
    await using opened = await openContainer()
    const { container, emulator } = opened
    await container.items.create({ id: 'a', tenantId: 't' })
    const env = { COSMOS_ENDPOINT: emulator.accounts[0]!.endpoint }
    const outputOf = async (...args: string[]): Promise<string> => {
      const { code, output, errors } = await runCommand(args, { env })
      expect([code, errors]).toEqual([0, ''])
      return output
    }

    expect(await outputOf('status')).toMatch(
      /^Account primary, cosmos-emulator .* in memory\ncontainer {5}documents {2}ranges\nmedia\/things {10}1 {7}1\n$/,
    )
    const flags = ['--operation', 'item.read', '--partition-key', '"t"', '--status', '449', '--times', '1']
    expect(await outputOf('fault', 'add', 'throttle', ...flags)).toMatch(
      /^throttle: struck 0 of 0 \{.*"partitionKey":"t"/,
    )
    expect(await statusOf(container.item('a', 't').read())).toBe(449)
    expect(await statusOf(container.item('a', 't').read())).toBe(200)
    expect(await outputOf('fault', 'list')).toMatch(/^throttle: struck 1 of 1 /)
    expect(await outputOf('status')).toContain('\n1 fault injected; ')
    expect(await outputOf('fault', 'clear')).toBe('Took 1 fault back.\n')
    expect(emulator.faults.list()).toEqual([])
    expect(JSON.parse(await outputOf('status', '--json'))).toMatchObject({ account: 'primary', faults: 0 })
  }, 60_000)

  it('splits the partitions of a container, in the middle or at a key', async () => {
    await using opened = await openContainer()
    const env = { COSMOS_ENDPOINT: opened.emulator.accounts[0]!.endpoint }
    const split = async (...flags: string[]): Promise<[number | null, string, string]> => {
      const { code, output, errors } = await runCommand(['split', 'media', 'things', ...flags], { env })
      return [code, output, errors]
    }

    expect(await split()).toEqual([0, 'range 1, of 0\nrange 2, of 0\n', ''])
    expect(await split('--at', '["t"]')).toEqual([0, expect.stringMatching(/range 3, of [12]\n/), ''])
    expect(await split('--range', '0')).toEqual([1, '', expect.stringContaining('answered 410')])
    expect(await split('--at', 't')).toEqual([2, '', expect.stringContaining('array in JSON')])
    expect(await opened.container.getFeedRanges()).toHaveLength(3)
  }, 60_000)

  it('tells nothing, and takes no fault, without its key', async () => {
    await using opened = await openContainer()
    const { endpoint } = opened.emulator.accounts[0]!
    const wrong = ['--endpoint', endpoint, '--key', Buffer.from('wrong').toString('base64')]

    for (const args of [['status'], ['fault', 'add', 'drop']]) {
      const { code, output, errors } = await runCommand([...args, ...wrong])
      expect([code, output, errors]).toEqual([
        1,
        '',
        expect.stringMatching(/was answered 401: .* --key or COSMOS_KEY\.\n$/),
      ])
    }
    expect(opened.emulator.faults.list()).toEqual([])
  }, 60_000)
})
