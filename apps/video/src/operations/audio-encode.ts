import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** The sound of a source as AAC; charged by the milliseconds put out. */
export const audioEncode = defineOperation({
  name: 'audio.encode',
  version: '1',
  parameters: operationParameters['audio.encode'],
  usage: ({ outputs }) =>
    outputs.map(({ media }) => ({
      meter: 'audio.encode',
      quantity: Math.round(media.durationMs ?? 0),
      unit: 'ms',
    })),
})
