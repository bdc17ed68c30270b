import { describe, expect, it } from '@jest/globals'
import type { TaskState } from '@zoetrope/contracts'
import { AssetState, JobState, TaskState as TaskStates } from '@zoetrope/contracts'
import fc from 'fast-check'

import { assetMoves, canMove, isJobEnded, isTaskEnded, jobMoves, move, taskMoves } from './state-tables.ts'

const anyJobState = fc.constantFrom(...JobState.options)
const anyTaskState = fc.constantFrom(...TaskStates.options)
const anyAssetState = fc.constantFrom(...AssetState.options)

describe('states', () => {
  it('a move that is not in the table throws, whatever walk led there', () => {
    fc.assert(
      fc.property(fc.array(anyTaskState, { maxLength: 12 }), (wishes) => {
        let state: TaskState = 'pending'
        for (const wish of wishes) {
          if (canMove(taskMoves, state, wish)) state = move(taskMoves, state, wish)
          else expect(() => move(taskMoves, state, wish)).toThrow('STATE_CONFLICT')
        }
      }),
    )
  })

  it('an ended task never changes', () => {
    fc.assert(
      fc.property(anyTaskState, anyTaskState, (from, to) => {
        if (isTaskEnded(from)) expect(canMove(taskMoves, from, to)).toBe(from === to)
      }),
    )
  })

  it('an ended job changes only into a new run, and a succeeded one not at all', () => {
    fc.assert(
      fc.property(anyJobState, anyJobState, (from, to) => {
        if (!isJobEnded(from) || from === to) return
        expect(canMove(jobMoves, from, to)).toBe(to === 'queued' && from !== 'succeeded')
      }),
    )
  })

  it('a deletion wins over every state of an asset, and nothing follows it but the tombstone', () => {
    fc.assert(
      fc.property(anyAssetState, (from) => {
        expect(canMove(assetMoves, from, 'deleting')).toBe(from !== 'deleted')
        expect(canMove(assetMoves, 'deleting', from)).toBe(from === 'deleting' || from === 'deleted')
      }),
    )
  })
})
