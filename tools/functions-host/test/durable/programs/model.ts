import {
  childPath,
  type EventName,
  payloadOf,
  type Program,
  sharedCounter,
  type Step,
  type TaskStep,
  workKey,
} from './program.ts'

/** What a program does when nothing disturbs it. */
export interface Foretold {
  /** Undefined: it fails. */
  output: unknown[] | undefined
  /** The state of each counter at the end, by its key. */
  counters: Map<string, number>
  /** How many events of each name an orchestration waits for, by its path. */
  needs: Map<string, Record<EventName, number>>
  /** The keys of activities that end well: each is run at least once. */
  works: Set<string>
}

class Boom extends Error {}

/** Runs a program by hand. The root's path is its id. */
export function foretell({ rounds, steps }: Program, path: string): Foretold {
  const model = new Model()
  const output: unknown[] = []
  try {
    for (let round = 1; round <= rounds; round++) output.push(model.run(steps, path, round))
    return model.toldWith(output)
  } catch (error) {
    if (!(error instanceof Boom)) throw error
    return model.toldWith(undefined)
  }
}

class Model {
  readonly counters = new Map<string, number>()
  readonly needs = new Map<string, Record<EventName, number>>()
  readonly works = new Set<string>()

  toldWith(output: unknown[] | undefined): Foretold {
    return { output, counters: this.counters, needs: this.needs, works: this.works }
  }

  run(steps: readonly Step[], path: string, round: number): unknown[] {
    return steps.map((step) => this.#step(step, path, round))
  }

  #step(step: Step, path: string, round: number): unknown {
    switch (step.do) {
      case 'throw':
        throw new Boom()
      case 'signal':
        this.#add(path, step.by)
        return 'signalled'
      case 'status':
        return step.text
      case 'try':
        try {
          return this.run(step.steps, path, round)
        } catch (error) {
          if (error instanceof Boom) return 'caught'
          throw error
        }
      case 'race':
        return this.#parts(step.parts, path, round)
      case 'inTime':
        return this.#task(step.part, path, round)
      case 'expire':
        return 'expired'
      case 'locked':
        this.works.add(workKey(path, step, round))
        this.#add(sharedCounter, 1)
        return 'locked'
      case 'activity':
      case 'retry':
      case 'fail':
      case 'timer':
      case 'event':
      case 'child':
      case 'badChild':
      case 'call':
      case 'http':
      case 'all':
        return this.#task(step, path, round)
    }
  }

  #task(step: TaskStep, path: string, round: number): unknown {
    switch (step.do) {
      case 'activity':
        this.works.add(workKey(path, step, round))
        return step.value
      case 'retry':
        if (step.failures >= 3) throw new Boom()
        this.works.add(workKey(path, step, round))
        return step.value
      case 'fail':
        throw new Boom()
      case 'timer':
        return 'fired'
      case 'event': {
        const needs = this.needs.get(path) ?? { a: 0, b: 0 }
        needs[step.name] += 1
        this.needs.set(path, needs)
        return payloadOf(step.name)
      }
      case 'child':
        return [this.run(step.steps, childPath(path, step, round), 1)]
      case 'badChild':
        return this.#twice(step.steps, childPath(path, step, round))
      case 'call':
        return this.#add(path, step.by)
      case 'http':
        return 'done'
      case 'all':
        return this.#parts(step.parts, path, round)
    }
  }

  // All of them are begun, whatever becomes of the others.
  #parts(parts: readonly TaskStep[], path: string, round: number): unknown[] {
    const ends = parts.map((part) => {
      try {
        return { value: this.#task(part, path, round) }
      } catch (error) {
        if (error instanceof Boom) return undefined
        throw error
      }
    })
    return ends.map((end) => {
      if (end === undefined) throw new Boom()
      return end.value
    })
  }

  #twice(steps: readonly Step[], path: string): unknown {
    try {
      return [this.run(steps, path, 1)]
    } catch (error) {
      if (!(error instanceof Boom)) throw error
      return [this.run(steps, path, 1)]
    }
  }

  #add(key: string, by: number): number {
    const sum = (this.counters.get(key) ?? 0) + by
    this.counters.set(key, sum)
    return sum
  }
}
