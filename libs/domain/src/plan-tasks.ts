import type { ProbeFacts, WorkflowDefinition, WorkflowStep } from '@zoetrope/contracts'
import { err, traitsOf } from '@zoetrope/contracts'

import { chooseLadder } from './ladder.ts'

/** A task to be made: a step of the workflow, or one item of its fan-out. Names are unique within the job. */
export interface PlannedTask {
  readonly step: string
  readonly index: number
  readonly name: string
  readonly operation: string
  readonly queue: string
  readonly optional: boolean
  readonly parameters: Readonly<Record<string, unknown>>
  /** Names of the tasks that must have succeeded before. */
  readonly needs: readonly string[]
}

/** Most tasks of one job; larger plans need pages. */
export const maxTasksPerJob = 100

/** The first task of a job: its probe. @throws OPERATION_UNKNOWN */
export function planProbe(definition: WorkflowDefinition): PlannedTask {
  const [first] = definition.steps
  if (!first) throw err('WORKFLOW_NOT_FOUND', { detail: 'The workflow has no steps.' })
  return toTask(first, { index: 0, name: first.id, parameters: first.parameters, needs: [] })
}

/** All other tasks, once the probe has told what the source is. Steps for what the source lacks are left out. @throws OPERATION_UNKNOWN, NOT_BUILT */
export function planTasks(definition: WorkflowDefinition, facts: ProbeFacts): readonly PlannedTask[] {
  const namesByStep = new Map<string, string[]>()
  const probe = definition.steps[0]
  if (probe) namesByStep.set(probe.id, [probe.id])
  const tasks = definition.steps.slice(1).flatMap((step) => {
    const needs = step.needs.flatMap((needed) => namesByStep.get(needed) ?? [])
    const items = fanOut(step, facts)
    namesByStep.set(
      step.id,
      items.map((item) => item.name),
    )
    return items.map((item, index) => toTask(step, { ...item, index, needs }))
  })
  if (tasks.length >= maxTasksPerJob)
    throw err('NOT_BUILT', {
      detail: `A job of ${tasks.length + 1} tasks: more than ${maxTasksPerJob} need pages.`,
    })
  return tasks
}

interface FanOutItem {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** The items of a step: none where the source lacks what it works on, one for most, one per rung for an encode. */
function fanOut(step: WorkflowStep, facts: ProbeFacts): readonly FanOutItem[] {
  const { video, audio } = facts
  switch (step.operation) {
    case 'video.encode':
      if (!video) return []
      return chooseLadder(video).map((rung) => ({
        name: `${step.id}:${rung.name}`,
        parameters: { ...rung, ...step.parameters },
      }))
    case 'audio.encode':
      return audio ? [{ name: step.id, parameters: step.parameters }] : []
    case 'video.poster':
      return video
        ? [{ name: step.id, parameters: { widthPx: Math.min(1280, video.widthPx), ...step.parameters } }]
        : []
    default:
      return [{ name: step.id, parameters: step.parameters }]
  }
}

function toTask(
  step: WorkflowStep,
  item: FanOutItem & { readonly index: number; readonly needs: readonly string[] },
): PlannedTask {
  const queue = traitsOf(step.operation)?.queue
  if (!queue) throw err('OPERATION_UNKNOWN', { detail: `Step "${step.id}" asks for "${step.operation}".` })
  return { step: step.id, operation: step.operation, queue, optional: step.optional, ...item }
}
