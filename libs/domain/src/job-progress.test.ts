import { describe, expect, it } from '@jest/globals'
import type { TaskDocument } from '@zoetrope/contracts'

import { progressOf } from './job-progress.ts'

const startedAt = '2026-01-01T00:00:00.000Z'
const after = (seconds: number): Date => new Date(Date.parse(startedAt) + seconds * 1000)
const task = (name: string, operation: string, more: Partial<TaskDocument> = {}): TaskDocument =>
  ({ name, operation, state: 'pending', ...more }) as TaskDocument
const probed = task('probe', 'video.probe', { state: 'succeeded' })

describe('the progress of a job', () => {
  it('stays small while nothing is known but the probe', () => {
    expect(progressOf([task('probe', 'video.probe', { state: 'running' })], startedAt, after(1))).toEqual({
      phase: 'probe',
      percent: 0,
    })
    expect(progressOf([probed], startedAt, after(1))).toEqual({ phase: 'planning', percent: 4 })
  })

  it('weighs tasks by what they take, and foretells the rest at this pace', () => {
    const half = task('encode', 'video.encode', {
      state: 'running',
      progress: { phase: 'encode', percent: 50 },
    })
    // Weights: probe 1, encode 20, package 3: (1 + 10) of 24.
    const progress = progressOf([probed, half, task('package', 'video.package')], startedAt, after(11))

    expect(progress).toEqual({ phase: 'encode', percent: 45.8, etaSeconds: 13 })
  })

  it('says what is awaited between tasks, and is never whole before the end', () => {
    expect(progressOf([probed, task('encode', 'video.encode')], startedAt, after(1)).phase).toBe('waiting')
    const all = [probed, task('encode', 'video.encode', { state: 'succeeded' })]
    expect(progressOf(all, startedAt, after(9))).toMatchObject({ phase: 'finishing', percent: 99 })
  })
})
