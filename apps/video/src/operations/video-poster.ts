import { operationParameters } from '@zoetrope/contracts'
import { defineOperation } from '@zoetrope/tasks'

/** One picture of a film, as JPEG; not charged. */
export const videoPoster = defineOperation({
  name: 'video.poster',
  version: '1',
  parameters: operationParameters['video.poster'],
  usage: () => [],
})
