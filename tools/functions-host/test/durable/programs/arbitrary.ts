import * as fc from 'fast-check'
import { alwaysFails, type Program, type Step, type TaskStep } from './program.ts'

type Plain<Each> = Each extends { id: number } ? Omit<Each, 'id'> : never
type AnyStep = Plain<Step>

const value = fc.integer({ min: 0, max: 9 })
const ms = fc.constantFrom(0, 1, 1, 3, 8)
const name = fc.constantFrom('a' as const, 'b' as const)

/** Parts that a race may have: an event task must not be yielded twice, nor must a task that holds one. */
const steady = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('activity'), value }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('retry'),
      failures: fc.constantFrom(0, 1, 2, alwaysFails),
      value,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'fail' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('timer'), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('call'), by: value }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('http'), polls: fc.integer({ min: 0, max: 2 }) }) },
)
const event = fc.record({ do: fc.constant('event'), name })

const trees = fc.letrec<{ step: unknown; steps: unknown; task: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof({ weight: 3, arbitrary: steady }, { weight: 1, arbitrary: event }),
  task: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'program' },
    { weight: 5, arbitrary: tie('leaf') },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('child'), isNamed: fc.boolean(), steps: tie('steps') }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('all'),
        parts: fc.array(tie('task'), { minLength: 1, maxLength: 4, depthIdentifier: 'program' }),
      }),
    },
  ),
  step: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'program' },
    { weight: 6, arbitrary: tie('leaf') },
    { weight: 6, arbitrary: tie('task') },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('signal'), by: value }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('status'), text: fc.constantFrom('x', 'ö', '') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), ms }) },
    { weight: 1, arbitrary: fc.constant({ do: 'locked' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('race'),
        parts: fc.array(steady, { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('inTime'),
        hours: fc.constantFrom(1, 720),
        part: tie('leaf'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('try'), steps: tie('steps') }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('try'),
        steps: fc
          .record({
            do: fc.constant('badChild'),
            isNamed: fc.boolean(),
            steps: fc.array(steady, { maxLength: 2 }),
          })
          .map((child) => [{ ...child, steps: [...child.steps, { do: 'throw' }] }]),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'throw' }) },
  ),
  steps: fc.array(tie('step'), { maxLength: 4, depthIdentifier: 'program' }),
}))

/** Programs of every shape; some run several rounds. */
export const programs: fc.Arbitrary<Program> = fc
  .record({ rounds: fc.constantFrom(1, 1, 1, 1, 2, 3), steps: trees.steps })
  .map(({ rounds, steps }) => ({ rounds, steps: numbered(steps as AnyStep[]) }))

/** Gives each step its id, and a name to each child that waits for events: whoever raises them has to know it. */
function numbered(plain: readonly AnyStep[]): Step[] {
  let last = 0
  const number = (step: AnyStep): Step => {
    const id = ++last
    const steps = 'steps' in step ? (step.steps as AnyStep[]).map(number) : undefined
    const parts = 'parts' in step ? (step.parts as AnyStep[]).map(number) : undefined
    const part = 'part' in step ? number(step.part as AnyStep) : undefined
    const isNamed = 'isNamed' in step ? step.isNamed || waits(step) : undefined
    return {
      ...step,
      id,
      ...(steps && { steps }),
      ...(parts && { parts: parts as TaskStep[] }),
      ...(part && { part }),
      ...(isNamed !== undefined && { isNamed }),
    } as Step
  }
  return plain.map(number)
}

function waits(step: object): boolean {
  return JSON.stringify(step).includes('"do":"event"')
}
