// A small language of orchestrators: what property tests generate, the real SDK runs and a naive model foretells.

/** What gives a task; it may also stand in a compound one. `id` is unique in its program. */
export type TaskStep = { id: number } & (
  | { do: 'activity'; value: number }
  /** Fails so many times before it works; 3 attempts are made. */
  | { do: 'retry'; failures: number; value: number }
  | { do: 'fail' }
  | { do: 'timer'; ms: number }
  | { do: 'event'; name: EventName }
  /** A sub-orchestration: with an id of its own choice, or one that the host chooses. */
  | { do: 'child'; isNamed: boolean; steps: Step[] }
  /** A sub-orchestration that fails, and is tried twice. */
  | { do: 'badChild'; isNamed: boolean; steps: Step[] }
  /** Adds to the counter of this orchestration and answers the sum. */
  | { do: 'call'; by: number }
  /** Calls a server that answers 202 so many times first. */
  | { do: 'http'; polls: number }
  | { do: 'all'; parts: TaskStep[] }
)

/** What an orchestrator does, in turn. */
export type Step =
  | TaskStep
  | ({ id: number } & (
      | { do: 'throw' }
      | { do: 'signal'; by: number }
      | { do: 'status'; text: string }
      | { do: 'try'; steps: Step[] }
      /** Waits for the first of them, then for each of the others. */
      | { do: 'race'; parts: TaskStep[] }
      /** A part beside a timer of hours or days, which is cancelled. */
      | { do: 'inTime'; hours: number; part: TaskStep }
      /** A timer beside an event that never comes. */
      | { do: 'expire'; ms: number }
      /** Reads, and writes back one more, while it holds the counter that all share. */
      | { do: 'locked' }
    ))

/** Names of external events; what they carry follows from the name. */
export type EventName = 'a' | 'b'

/** A program as a whole: its steps are run `rounds` times, by continueAsNew. */
export interface Program {
  rounds: number
  steps: Step[]
}

/** The input of an orchestration that runs a program. */
export interface ProgramInput extends Program {
  /** Names this orchestration: the root's id, and the steps that lead to it. Counters and activities are named by it. */
  path: string
  httpUrl: string
  round?: number
  /** What the earlier rounds gave. */
  results?: unknown[][]
}

/** What an activity of a program is given. `key` is unique among all that a program runs. */
export interface WorkInput {
  key: string
  value: number
  failures: number
}

export const programName = 'program'
export const sharedCounter = 'shared'
export const boom = 'boom'
/** More failures than there are ever attempts. */
export const alwaysFails = Number.MAX_SAFE_INTEGER

/** The payload of an event. */
export function payloadOf(name: EventName): string {
  return `event ${name}`
}

/** The path of a sub-orchestration, and the id of a named one. Those that are tried twice say so: their work is done twice too. */
export function childPath(parent: string, step: { id: number; do: string }, round: number): string {
  return `${parent}.${step.do === 'badChild' ? 'twice' : ''}${step.id}${round === 1 ? '' : `r${round}`}`
}

/** The key of a step's work. */
export function workKey(path: string, step: { id: number }, round: number): string {
  return `${path}/${step.id}#${round}`
}
