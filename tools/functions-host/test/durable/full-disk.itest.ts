import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { RunningHost } from '../running-host.ts'
import { hasTinyDisks, onTinyDisk } from '../tiny-disk.ts'
import { until } from '../until.ts'
import { DurableApi } from './durable-api.ts'

jest.setTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'functions-host-full-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const onFullDisk = hasTinyDisks ? it : it.skip

describe('a disk that fills up in the middle of orchestrations', () => {
  onFullDisk('refuses what is new with 507, and loses nothing of what was accepted', async () => {
    const launcher = onTinyDisk(folder, { sizeKb: 1024 })
    const settings = { DATA_FOLDER: folder }
    await using host = await RunningHost.start({ careless: settings }, '--data', folder, { launcher })
    const api = new DurableApi(host.url('careless'))
    const setDisk = async (state: string): Promise<void> => {
      expect((await fetch(`${host.url('careless')}/api/disk/${state}`, { method: 'POST' })).status).toBe(204)
    }

    const accepted = [await api.start('steps', 'null'), await api.start('steps', 'null')]
    await setDisk('full')
    // The last page of the file may have room for some more.
    const refusal = await until(async () => {
      const answer = await api.ask('POST', 'orchestrators/steps', JSON.stringify('x'.repeat(2_000)))
      if (answer.status !== 202) return answer
      accepted.push(answer.body.id)
      return undefined
    })
    expect([refusal.status, refusal.body.ExceptionMessage]).toEqual([
      507,
      expect.stringMatching(
        /The task hub in .*\.db cannot be written: there is no space left\. Make room there/,
      ),
    ])
    const [first = ''] = accepted
    expect((await api.ask('GET', `instances/${first}`)).status).toBe(202)
    expect(
      (await api.ask('POST', `instances/${first}/raiseEvent/go`, JSON.stringify('x'.repeat(5_000)))).status,
    ).toBe(507)

    await setDisk('free')
    for (const id of accepted) {
      expect((await api.ask('POST', `instances/${id}/raiseEvent/go`, '1')).status).toBe(202)
      expect(await api.end(id)).toMatchObject({ runtimeStatus: 'Completed', output: [1, 2] })
    }
    const all = (await api.ask('GET', 'instances')).body as unknown as unknown[]
    expect(all).toHaveLength(accepted.length)
  })
})

describe('a disk that cannot be written', () => {
  onFullDisk('lets no host start, and says what helps', async () => {
    const launcher = onTinyDisk(folder, { isReadOnly: true })
    const starting = RunningHost.start({ careless: {} }, '--data', folder, { launcher })
    await expect(starting).rejects.toThrow(
      /The data folder .* cannot be written: .* choose another folder with --data/,
    )
  })
})
