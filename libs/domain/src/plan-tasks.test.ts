import { describe, expect, it } from '@jest/globals'
import type { ProbeFacts } from '@zoetrope/contracts'

import { defaultWorkflowFor } from './default-workflows.ts'
import { planProbe, planTasks } from './plan-tasks.ts'

const definitionFor = (mediaType: 'image' | 'video' | 'audio') => defaultWorkflowFor(mediaType)!.definition
const sound = { codec: 'aac', channels: 2, sampleRateHz: 48_000 }
const picture = { widthPx: 1920, heightPx: 1080, codec: 'h264' }
const namesOf = (facts: ProbeFacts, mediaType: 'image' | 'video' | 'audio' = 'video') =>
  planTasks(definitionFor(mediaType), facts).map((task) => task.name)

describe('a plan', () => {
  it('begins with a probe by the app that owns the type', () => {
    expect(planProbe(definitionFor('video'))).toMatchObject({
      name: 'probe',
      operation: 'video.probe',
      queue: 'tasks-video',
    })
    expect(planProbe(definitionFor('image'))).toMatchObject({
      operation: 'image.probe',
      queue: 'tasks-images',
    })
  })

  it('of a film fans out over the ladder, and packages what was encoded', () => {
    const tasks = planTasks(definitionFor('video'), { mediaType: 'video', video: picture, audio: sound })

    expect(tasks.map((task) => task.name)).toEqual([
      'poster',
      'audio',
      'encode:360p',
      'encode:720p',
      'package',
    ])
    expect(tasks.at(-1)?.needs).toEqual(['encode:360p', 'encode:720p', 'audio'])
    expect(tasks[2]?.parameters).toMatchObject({ name: '360p', widthPx: 640, heightPx: 360 })
  })

  it('leaves out what the source lacks', () => {
    expect(namesOf({ mediaType: 'video', video: picture })).not.toContain('audio')
    expect(namesOf({ mediaType: 'audio', audio: sound }, 'audio')).toEqual(['audio', 'package'])
    expect(namesOf({ mediaType: 'audio', audio: sound })).toEqual(['audio', 'package'])
  })

  it('refuses an operation that nobody knows', () => {
    const definition = {
      mediaTypes: ['image' as const],
      steps: [{ id: 'x', operation: 'image.paint', needs: [], optional: false, parameters: {} }],
    }

    expect(() => planProbe(definition)).toThrow('OPERATION_UNKNOWN')
  })
})
