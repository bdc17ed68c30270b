import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** All variants of an image in one task, one output each; charged by the pixels put out, all frames counted. */
export const imageVariants = defineOperation({
  name: 'image.variants',
  version: '1',
  parameters: operationParameters['image.variants'],
  usage: ({ outputs }) => {
    const pixels = outputs.map(
      ({ media }) => (media.widthPx ?? 0) * (media.heightPx ?? 0) * (media.frames ?? 1),
    )
    return [{ meter: 'image.pixels', quantity: pixels.reduce((sum, one) => sum + one, 0), unit: 'pixel' }]
  },
})
