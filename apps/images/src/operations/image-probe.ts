import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** What an image is: its size as displayed, its format, and the sha256 of its bytes. */
export const imageProbe = defineOperation({
  name: 'image.probe',
  version: '1',
  parameters: operationParameters['image.probe'],
  usage: () => [{ meter: 'media.probes', quantity: 1, unit: 'count' }],
})
