import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { durableCommand } from '../../src/commands/durable-command.ts'
import { funcDurable } from '../../src/commands/func-durable.ts'
import { invokeCommand } from '../../src/commands/invoke-command.ts'
import { readHistoryFile } from '../../src/durable/history-file.ts'
import { type EndedCommand, runCommand } from '../run-command.ts'
import { RunningHost } from '../running-host.ts'
import { RunningProgram } from '../running-program.ts'
import { until } from '../until.ts'

jest.setTimeout(60_000)

const secrets = mkdtempSync(join(tmpdir(), 'functions-host-keys-'))
const masterKey = { name: 'master', value: 'm', encrypted: false }
writeFileSync(join(secrets, 'host.json'), JSON.stringify({ masterKey, functionKeys: [], systemKeys: [] }))

describe('functions-host durable', () => {
  let host: RunningHost
  let port = ''
  const where = (): string[] => ['--port', port, '--code', 'm']
  const durable = (...args: string[]): Promise<EndedCommand> =>
    runCommand(durableCommand(), [args[0] ?? '', ...where(), ...args.slice(1)])
  const printed = async (...args: string[]): Promise<string> => (await durable(...args)).output
  const failing = async (...args: string[]): Promise<string> => {
    const { error, errors } = await durable(...args)
    return `${errors}${error?.message ?? ''}`
  }
  const listed = async (...args: string[]): Promise<string[]> =>
    (JSON.parse(await printed('list', '--json', ...args)) as { instanceId: string }[]).map(
      ({ instanceId }) => instanceId,
    )
  beforeAll(async () => {
    host = await RunningHost.start({ orders: { FUNCTIONS_SECRETS_PATH: secrets } }, '--enableAuth')
    port = new URL(host.url('orders')).port
    expect(await printed('start', 'order', '--data', '"book"', '--id', 'order-1')).toBe('order-1\n')
    await durable('start', 'gallery', '-d', '40', '--id', 'gallery-1')
    await durable('start', 'approval', '--id', 'approval-1')
    await durable('start', 'parcel', '--id', 'parcel-1')
  })
  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    rmSync(secrets, { recursive: true })
  })

  it('follows an instance to its end, and shows what failed, how often and where', async () => {
    const { error, output, errors } = await durable('show', 'order-1', '--follow')

    expect(error?.message).toBe('order-1 is Failed.')
    expect(errors).toMatch(/order-1: Failed\n$/)
    expect(output).toMatch(/^order-1 {2}Failed {2}order\n {2}started .*, took \d.*\n {2}input {4}book\n/)
    expect(output).toContain('\n  custom   {"step":"paying"}\n')
    expect(output).toMatch(/^\+[\d.]+ m?s +activity reserve +[\d.]+ m?s/m)
    expect(output).toMatch(/^\+[\d.]+ m?s +activity charge +[\d.]+ m?s .*3 attempts, failed$/m)
    expect(output.match(/ {3}attempt \d .*failed: The card <b>was<\/b> declined$/gm)).toHaveLength(3)
  })

  it('says how orchestrators and entities are run, to whoever runs them by hand', async () => {
    const invoke = async (name: string): Promise<string | undefined> =>
      (await runCommand(invokeCommand(), [name, ...where()])).error?.message
    expect(await invoke('order')).toBe(
      'order is an orchestrator. Start an instance: functions-host durable start order',
    )
    expect(await invoke('stock')).toContain('stock is an entity: only clients and orchestrations reach it.')

    for (const [name, kind] of [
      ['order', 'orchestrator'],
      ['stock', 'entity'],
    ] as const) {
      const answer = await fetch(`${host.url('orders')}/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': 'm' },
        body: '{"input":""}',
      })
      expect(answer.status).toBe(202)
      const refusal = `"${name}" cannot be run by hand: Durable ${kind} functions do not support direct invocation.`
      await until(() => host.log.includes(refusal))
    }
  })

  it('tells a fan-out by its figures, and names children and entities', async () => {
    const gallery = await durable('show', 'gallery-1', '-f')
    const parcel = await durable('show', 'parcel-1', '-f')
    const all = JSON.parse(await printed('show', 'gallery-1', '--all', '--json')) as {
      timeline: { items: unknown[] }
    }

    expect([gallery.error, parcel.error]).toEqual([undefined, undefined])
    expect(gallery.output).toMatch(/activity thumbnail ×40 .* min .*, median .*, max /)
    expect(parcel.output).toMatch(/entity call take \(@stock@shoes\)/)
    expect(parcel.output).toMatch(/sub-orchestration gallery \(parcel-1-photos\)/)
    expect(all.timeline.items).toHaveLength(40)
    expect(JSON.parse(await printed('entities', '--json'))).toMatchObject([
      { entityId: { name: 'stock', key: 'shoes' }, state: 3 },
    ])
  })

  it('lists what the filters choose, page after page', async () => {
    expect(await listed('--status', 'failed')).toEqual(['order-1'])
    expect(await listed('--name', 'GALL', '--until', '2099-01-01T00:00Z')).toEqual([
      'parcel-1-photos',
      'gallery-1',
    ])
    expect(await listed('--since', '2h', '--id-prefix', 'order')).toEqual(['order-1'])
    expect(await printed('list', '--since', '2099-01-01T00:00Z')).toBe('There is no such instance.\n')
    expect(await printed('list', '--status', 'failed')).toMatch(
      /^ID .*OUTPUT\norder-1 +order +Failed +\d+ s ago +\d.* Activity function 'charge' failed: .*\n$/,
    )
    const limited = await durable('list', '--limit', '2')
    expect(limited.output.match(/^parcel-1/gm)).toHaveLength(2)
    expect(limited.errors).toBe('There are more: --limit 20 shows them.\n')
  })

  it('shows what an instance waits for', async () => {
    const shown = await printed('show', 'approval-1')

    expect(shown).toMatch(/event approved +waits/)
    expect(shown).toMatch(/timer +waits .*fires in 59 min/)
  })

  it('holds an instance, lets it go on, and sends it an event', async () => {
    expect(await printed('suspend', 'approval-1', '--reason', 'lunch')).toBe('approval-1 is to be held.\n')
    await until(async () => /suspended lunch +runs/.test(await printed('show', 'approval-1')))
    expect(await failing('suspend', 'approval-1')).toContain('is in the Suspended state')
    await durable('resume', 'approval-1')
    await durable('raise', 'approval-1', 'approved', '--data', '{"who":"Ada"}')
    const ended = await durable('show', 'approval-1', '--follow')

    expect(ended.error).toBeUndefined()
    expect(ended.output).toMatch(/event approved +\d.* m?s/)
    expect(ended.output).toContain('output   {"approved":true,"by":{"who":"Ada"}}')
    expect(await failing('terminate', 'approval-1')).toContain('Instance approval-1 has ended')
  })

  it('writes the history of an instance to a file', async () => {
    const file = join(host.directory, 'gallery.history.json')

    expect(await printed('history', 'gallery-1', '--out', file)).toMatch(
      /^\d+ events in .*gallery\.history\.json\.\n$/,
    )
    const text = readFileSync(file, 'utf8')
    expect(readHistoryFile(text, file)).toMatchObject({ orchestratorName: 'gallery', input: 40 })
    expect(await printed('history', 'gallery-1')).toBe(text)
  })

  it('runs instances again, and rewinds what failed', async () => {
    expect(await printed('restart', 'gallery-1', '--same-id')).toBe('gallery-1\n')
    expect(await printed('rewind', 'order-1')).toBe('order-1 goes on from where it failed.\n')
    expect(await failing('show', 'order-1', '-f')).toContain('order-1 is Failed.')
  })

  it('purges what has ended, and asks first where filters choose more than one', async () => {
    await durable('start', 'approval', '--id', 'held-1')
    for (const id of ['done-1', 'done-2']) await durable('start', 'gallery', '-d', '0', '--id', id)
    for (const id of ['done-1', 'done-2']) await durable('show', id, '-f')

    expect(await failing('purge', '--id-prefix', 'done')).toContain('2 instances would be purged. Give --yes')
    expect(await failing('purge', 'held-1')).toContain('terminate held-1')
    expect(await failing('purge')).toContain('Give ids, or filters')
    expect(await printed('purge', '--id-prefix', 'done', '--dry-run')).toBe(
      'done-2\ndone-1\n2 instances would be purged.\n',
    )
    expect(await printed('purge', '--id-prefix', 'done', '--yes')).toBe('2 instances purged.\n')
    expect(await listed('--id-prefix', 'done')).toEqual([])
    expect(await listed('--id-prefix', 'held')).toEqual(['held-1'])
  })

  it('has the commands of Core Tools under func', async () => {
    const func = async (...args: string[]): Promise<string> => {
      const { output, errors, error } = await runCommand(funcDurable(), [...args, ...where()])
      return `${output}${errors}${error?.message ?? ''}`
    }
    const start = ['start-new', '--function-name', 'gallery', '--input', '2', '--id', 'tools-1']

    expect(await func(...start, '--task-hub-name', 'orders')).toBe('tools-1\n')
    await durable('show', 'tools-1', '-f')
    expect(
      JSON.parse(await func('get-runtime-status', '--id', 'tools-1', '--show-input', 'false')),
    ).toMatchObject({
      runtimeStatus: 'Completed',
      input: null,
      output: 2,
    })
    expect(JSON.parse(await func('get-history', '--id', 'tools-1'))).toHaveLength(4)
    expect(await func('get-instances', '--runtime-status', 'failed', 'running', '--top', '1')).toMatch(
      /^\[\n[^]*\]\nContinuation token for next set of results: '.+'\n$/,
    )
    await func('start-new', '--function-name', 'approval', '--id', 'tools-2')
    expect(await func('raise-event', '--id', 'tools-2', '--event-name', 'x', '--event-data', '1')).toContain(
      'gets',
    )
    expect(await func('terminate', '--id', 'tools-2', '--reason', 'enough')).toContain('tools-2 is to end.')
    expect(await func('rewind', '--id', 'tools-1')).toContain('has ended')
    expect(await func('purge-history', '--created-before', '2020-01-01')).toContain('0 instances purged.')
    expect(await func('get-instances', '--task-hub-name', 'Other')).toContain(
      'task hub of this app is Orders',
    )
    expect(await func('delete-task-hub')).toContain('The task hub is a file')
  })

  it.each([
    ['an unknown id', ['show', 'parcl-1'], 'There is no instance "parcl-1". Did you mean parcel-1'],
    ['an unknown id, where it is to be changed', ['raise', 'parcl-1', 'x'], 'Did you mean parcel-1'],
    ['an unknown orchestrator', ['start', 'nobody'], "The function 'nobody' doesn't exist"],
    ['an unknown state', ['list', '--status', 'broken'], '"broken" is none of Running, Pending'],
    ['a time that is none', ['list', '--since', 'lunch'], 'expected how long ago'],
    ['a key that is missing', ['list', '--code', ''], 'give its master key with --code'],
    ['a wrong key', ['raise', 'parcel-1', 'x', '--code', 'wrong'], 'does not take this key'],
    ['two ports', ['list', '--app', '.:7071'], 'leave --port out'],
    ['a host that is not there', ['list', '--port', '2'], 'No Functions host answers at http://127.0.0.1:2.'],
  ])('names %s', async (_what, args, text) => {
    expect(await failing(...args)).toContain(text)
  })

  it('finds the port of an app by its folder', async () => {
    const byFolder = async (app: string): Promise<string> => {
      const { output, error } = await runCommand(durableCommand(), ['list', '--app', app, '--code', 'm'])
      return `${output}${error?.message ?? ''}`
    }
    const folder = join(host.directory, 'of-an-app')
    mkdirSync(folder)
    expect(await byFolder(folder)).toContain('host.json')
    writeFileSync(join(folder, 'host.json'), '{ "version": "2.0" }')
    const local = { IsEncrypted: false, Host: { LocalHttpPort: Number(port) } }
    writeFileSync(join(folder, 'local.settings.json'), JSON.stringify(local))

    expect(await byFolder(folder)).toContain('order-1')
    expect(await byFolder(`${folder}:${port}`)).toContain('order-1')
    expect(await byFolder(`${folder}:2`)).toContain('http://127.0.0.1:2')
  })

  it.each([
    ['0 for what it could do', ['list'], 0],
    ['1 for what it could not', ['show', 'nobody'], 1],
    ['2 for arguments that are missing', ['raise', 'order-1'], 2],
    ['2 for what it will not do unasked', ['purge'], 2],
  ])('ends with exit code %s', async (_what, args, code) => {
    await using program = new RunningProgram('cli', ['durable', ...args, ...where()], tmpdir())

    expect(await program.ended()).toBe(code)
  })
})
