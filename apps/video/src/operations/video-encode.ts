import type { MeterName } from '@zoetrope/contracts'
import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** One rung of the ladder, H.264; charged by the milliseconds put out, by class of size. */
export const videoEncode = defineOperation({
  name: 'video.encode',
  version: '1',
  parameters: operationParameters['video.encode'],
  usage: ({ outputs }) =>
    outputs.map(({ media }) => ({
      meter: meterOf(media.widthPx ?? 0, media.heightPx ?? 0),
      quantity: Math.round(media.durationMs ?? 0),
      unit: 'ms',
    })),
})

/** By the shorter side, so that portrait films cost what landscape ones do. */
function meterOf(widthPx: number, heightPx: number): MeterName {
  const shorterPx = Math.min(widthPx, heightPx)
  if (shorterPx < 720) return 'video.encode.sd'
  return shorterPx <= 1080 ? 'video.encode.hd' : 'video.encode.uhd'
}
