import { basename } from 'node:path'

import { BlobServiceClient } from '@azure/storage-blob'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'

import { AppFolder } from './app-folder.ts'
import { RunningAzurite } from './running-azurite.ts'
import { RunningHost } from './running-host.ts'
import { until } from './until.ts'

jest.setTimeout(60_000)

const code = `
const say = (context, value) => context.log(context.functionName + ' got ' + JSON.stringify(value))
app.storageBlob('onBlob', {
  path: 'told/{name}.txt',
  connection: 'Storage',
  source: 'EventGrid',
  handler: (blob, context) => say(context, [String(blob), context.triggerMetadata.name]),
})
const file = input.storageBlob({ path: 'told/{file}', connection: 'Storage' })
app.storageQueue('onMessage', {
  queueName: 'items',
  connection: 'Storage',
  extraInputs: [file],
  handler: (item, context) => say(context, [item, String(context.extraInputs.get(file))]),
})
app.timer('yearly', { schedule: '0 0 0 1 1 *', handler: (timer, context) => say(context, timer) })`

describe('a function that somebody runs by hand', () => {
  const app = new AppFolder(code)
  let azurite: RunningAzurite
  let host: RunningHost
  beforeAll(async () => {
    azurite = await RunningAzurite.start('Blob', 'Queue')
    const { containerClient } = await BlobServiceClient.fromConnectionString(
      azurite.connection,
    ).createContainer('told')
    await containerClient.getBlockBlobClient('a/one.txt').upload('content', 7)
    host = await RunningHost.start({
      [app.path]: { Storage: azurite.connection, AzureWebJobsStorage: azurite.connection },
    })
  })
  afterAll(async () => {
    await host[Symbol.asyncDispose]()
    await azurite[Symbol.asyncDispose]()
    app[Symbol.dispose]()
  })

  const run = async (name: string, body: object): Promise<void> => {
    const response = await fetch(`${host.url(basename(app.path))}/admin/functions/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(202)
  }
  const said = (pattern: RegExp): Promise<string> => until(() => pattern.exec(host.log)?.[1])

  it('for a blob gets the one whose path was given', async () => {
    await run('ONBLOB', { input: 'told/a/one.txt' })
    expect(await said(/onBlob got (.*)/)).toBe('["content","a/one"]')
  })

  it.each([{}, { input: 'told' }, { input: 'told/none.txt' }])(
    'for a blob does not run for %j, and the log says why',
    async ({ input = '' }: { input?: string }) => {
      await run('onBlob', { input })
      await until(() =>
        host.log.includes(`The function "onBlob" cannot be run by hand: there is no blob "${input}"`)
          ? true
          : undefined,
      )
    },
  )

  it('for a queue gets the text as a message, whose fields its other bindings can name', async () => {
    await run('onMessage', { input: '{"file":"a/one.txt"}' })
    expect(await said(/onMessage got (.*)/)).toBe('[{"file":"a/one.txt"},"content"]')
  })

  it('for a timer gets what is known of its schedule', async () => {
    await run('yearly', {})
    expect(JSON.parse(await said(/yearly got (.*)/))).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: expect.objectContaining({ next: expect.stringContaining('-01-01T00:00:00') }),
      isPastDue: false,
    })
  })
})
