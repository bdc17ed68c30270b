import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** One set of segments for HLS and DASH; charged by the milliseconds of the presentation. */
export const videoPackage = defineOperation({
  name: 'video.package',
  version: '1',
  parameters: operationParameters['video.package'],
  usage: ({ media }) => [
    { meter: 'video.package', quantity: Math.round(media?.durationMs ?? 0), unit: 'ms' },
  ],
})
