import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { QueueApp } from './queue-app.ts'
import { RunningAzurite } from './running-azurite.ts'
import { hasTinyDisks, onTinyDisk } from './tiny-disk.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'functions-host-data-'))
const onFullDisk = hasTinyDisks ? it : it.skip

let azurite: RunningAzurite
let app: QueueApp
beforeAll(async () => {
  azurite = await RunningAzurite.start()
  app = new QueueApp(azurite.connection, { DATA_FOLDER: folder })
  await app.queue.create()
})
afterAll(async () => {
  app[Symbol.dispose]()
  rmSync(folder, { recursive: true, force: true })
  await azurite[Symbol.asyncDispose]()
})

/** Why the host did not start. */
async function faultOf(starting: Promise<AsyncDisposable>): Promise<string> {
  try {
    await using _ = await starting
    return 'It started.'
  } catch (error) {
    return (error as Error).message
  }
}

describe('a host whose data folder cannot be written', () => {
  const filePath = join(folder, 'file')
  it('does not start, and says why and what to do; a message stays in its queue', async () => {
    await app.send({ id: 'waiting' })
    writeFileSync(filePath, '')
    const fault = await faultOf(app.start({ flags: ['--data', filePath] }))
    expect(fault).toContain(
      `The data folder ${join(filePath, 'queues')} cannot be written: a file is in its place.`,
    )
    expect(fault).toContain('choose another folder with --data')
    expect(fault).not.toContain('    at ')
    expect((await app.queue.peekMessages()).peekedMessageItems).toHaveLength(1)
    expect(app.lines()).toEqual([])
  })

  onFullDisk('as its disk is full: says so', async () => {
    const flags = ['--data', folder, { launcher: onTinyDisk(folder, { ballastKb: 64 }) }]
    const fault = await faultOf(app.start({ flags }))
    expect(fault).toContain(
      `The data folder ${join(folder, 'queues')} cannot be written: there is no space left.`,
    )
    expect(app.lines()).toEqual([])
  })

  onFullDisk('as its disk fills up while it runs: goes on, with a word', async () => {
    const flags = ['--data', folder, { launcher: onTinyDisk(folder) }]
    await using host = await app.start({ flags })
    await until(() => (app.values('done').includes('waiting') ? true : undefined))
    await app.send({ id: 'filling', behaviour: 'fillDisk' })
    await until(() => (app.values('done').includes('filling') ? true : undefined))

    for (const id of ['next', 'and next']) await app.send({ id })
    await until(() => (app.values('done').includes('and next') ? true : undefined))
    await until(async () => ((await app.count()) === 0 ? true : undefined))
    expect(host.log.match(/cannot be written \(ENOSPC.*choose another folder with --data/g)).toHaveLength(1)
    expect(new Set(app.values('dequeueCount'))).toEqual(new Set([1]))
  })
})
