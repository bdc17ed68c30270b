import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** What a film or a recording holds: tracks, measured durations, and the sha256 of the bytes. */
export const videoProbe = defineOperation({
  name: 'video.probe',
  version: '1',
  parameters: operationParameters['video.probe'],
  usage: () => [{ meter: 'media.probes', quantity: 1, unit: 'count' }],
})
