import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** What stands in for an image until it is loaded: no file, only media facts. */
export const imagePlaceholder = defineOperation({
  name: 'image.placeholder',
  version: '1',
  parameters: operationParameters['image.placeholder'],
  usage: () => [{ meter: 'image.placeholders', quantity: 1, unit: 'count' }],
})
