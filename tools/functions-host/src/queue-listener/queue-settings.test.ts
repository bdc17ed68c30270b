import { availableParallelism } from 'node:os'
import { describe, expect, it } from '@jest/globals'

import { readQueueSettings } from './queue-settings.ts'

const cores = availableParallelism()

describe('the queue settings of host.json', () => {
  it('are those of the real host by default', () => {
    expect(readQueueSettings(undefined)).toEqual({
      batchSize: 16,
      newBatchThreshold: 8 * cores,
      maxPollingIntervalMs: 60_000,
      retryDelayMs: 0,
      maxDequeueCount: 5,
      encoding: 'base64',
    })
  })

  it('are read whatever the case of their names, as numbers or text', () => {
    const section = {
      BatchSize: '30',
      newbatchthreshold: 123,
      maxPollingInterval: '00:00:02',
      MaxDequeueCount: 10,
      VisibilityTimeout: '00:00:15',
      messageEncoding: 'None',
    }
    expect(readQueueSettings(section)).toEqual({
      batchSize: 30,
      newBatchThreshold: 123,
      maxPollingIntervalMs: 2000,
      retryDelayMs: 15_000,
      maxDequeueCount: 10,
      encoding: 'none',
    })
  })

  it.each([
    [20, 10 * cores],
    [1, 0],
    [32, 16 * cores],
  ])('a batch size of %i makes a threshold of %i', (batchSize, expected) => {
    expect(readQueueSettings({ batchSize }).newBatchThreshold).toBe(expected)
  })

  it.each([0, 1000])('a threshold of %i stands whatever the batch size', (newBatchThreshold) => {
    expect(readQueueSettings({ batchSize: 8, newBatchThreshold }).newBatchThreshold).toBe(newBatchThreshold)
  })

  it.each([
    ['batchSize', 0, 'from 1 to 32'],
    ['batchSize', 33, 'from 1 to 32'],
    ['batchSize', 1.5, 'from 1 to 32'],
    ['batchSize', 'many', 'from 1 to 32'],
    ['newBatchThreshold', -1, 'from 0'],
    ['maxDequeueCount', 0, 'from 1'],
    ['maxDequeueCount', true, 'from 1'],
    ['maxPollingInterval', '00:00:00.099', 'at least 00:00:00.1'],
    ['maxPollingInterval', 99, 'at least 00:00:00.1'],
    ['maxPollingInterval', 'soon', 'is no time span'],
    ['visibilityTimeout', '-00:00:01', 'from 00:00:00'],
    ['visibilityTimeout', '8.00:00:00', 'to 7.00:00:00'],
    ['messageEncoding', 'hex', '"base64" or "none"'],
  ])('%s %p is refused with its limits', (name, value, limits) => {
    const read = (): unknown => readQueueSettings({ [name]: value })
    expect(read).toThrow(`host.json: extensions.queues.${name}`)
    expect(read).toThrow(limits)
  })
})
