import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { parse } from 'yaml'

export interface Step {
  readonly name?: string
  readonly id?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

export interface Job {
  readonly uses?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}

export interface Workflow {
  readonly file: string
  readonly text: string
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: Readonly<Record<string, string>>
  readonly concurrency?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

export const root = resolve(import.meta.dirname, '..', '..', '..')
const folder = join(root, '.github', 'workflows')

export const workflows: readonly Workflow[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    return { ...(parse(text) as Omit<Workflow, 'file' | 'text'>), file: `.github/workflows/${name}`, text }
  })

/** Every step of every job. */
export function stepsOf(workflow: Workflow): readonly Step[] {
  return Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps)
}

/** Every command line of a workflow, continued lines joined. */
export function commandsOf(workflow: Workflow): readonly string[] {
  return stepsOf(workflow).flatMap(({ run = '' }) =>
    run
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  )
}
