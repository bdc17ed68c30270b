import { ServiceError } from '../errors.ts'
import { completeFaultRule } from './fault-rule.ts'
import type { FaultRule } from './fault-rule.ts'

const mostRules = 1000

/** A request as faults see it. */
export interface StrikableRequest {
  account: string
  method: string
  /** The name of its route; undefined where it has none. */
  operation: string | undefined
  /** Decoded, without a trailing slash, such as `/dbs/d/colls/c/docs`. */
  path: string
  /** The partition key of the header, as JSON. */
  partitionKey: string | undefined
}

/** A fault that was injected, and what came of it. */
export interface InjectedFault {
  readonly name: string
  readonly rule: Readonly<FaultRule>
  /** Requests that fitted, struck or not. */
  readonly matched: number
  /** Requests that it struck. */
  readonly struck: number
  /** Takes it back; its counts stay. */
  remove: () => void
}

/** The faults of an emulator. A request is struck by the first that fits and is due. */
export class Faults {
  readonly #operations: readonly string[]
  #active: ActiveFault[] = []

  /** `operations` are the names that requests can have. */
  constructor(operations: readonly string[]) {
    this.#operations = operations
  }

  /** @throws Error that names what is wrong with the rule */
  add(rule: FaultRule): InjectedFault {
    if (this.#active.length >= mostRules)
      throw new Error(`There are ${mostRules} faults already: clear them first.`)
    const complete = completeFaultRule(rule)
    this.#checkOperation(complete)
    const fault = new ActiveFault(complete, () => {
      this.#active = this.#active.filter((other) => other !== fault)
    })
    this.#active.push(fault)
    return fault
  }

  /** A rule that fits no operation would never strike, and nobody would know. */
  #checkOperation({ operation }: FaultRule): void {
    if (operation === undefined) return
    const pattern = globPattern(operation)
    if (!this.#operations.some((name) => pattern.test(name)))
      throw new Error(
        `The field 'operation' of a fault is '${operation}', which no operation is called: there are ${this.#operations.join(', ')}.`,
      )
  }

  /** Whether none can strike. */
  get isEmpty(): boolean {
    return this.#active.length === 0
  }

  /** Takes all back. */
  clear(): void {
    this.#active = []
  }

  /** Those that have not been taken back, also when they have struck for the last time. */
  list(): InjectedFault[] {
    return [...this.#active]
  }

  /** The fault that strikes this request, counted. */
  take(request: StrikableRequest): FaultRule | undefined {
    return this.#active.find((fault) => fault.strikes(request))?.rule
  }
}

class ActiveFault implements InjectedFault {
  readonly name: string
  readonly rule: FaultRule
  readonly remove: () => void
  matched = 0
  struck = 0
  readonly #fits: (request: StrikableRequest) => boolean
  readonly #random: () => number

  constructor(rule: FaultRule, remove: () => void) {
    this.rule = rule
    this.remove = remove
    this.name = rule.name ?? rule.preset ?? String(rule.status ?? 'fault')
    this.#fits = matcherOf(rule)
    this.#random = seededRandom(rule.seed ?? 1)
  }

  strikes(request: StrikableRequest): boolean {
    const { skip = 0, every = 1, probability = 1, times = Infinity } = this.rule
    if (this.struck >= times || !this.#fits(request)) return false
    this.matched += 1
    if (this.matched <= skip || (this.matched - skip) % every !== 0) return false
    if (probability < 1 && this.#random() >= probability) return false
    this.struck += 1
    return true
  }
}

/** The error that a fault answers. */
export function faultError({ preset, status = 500, substatus, retryAfterMs }: FaultRule): ServiceError {
  const text = `This fault was injected${preset === undefined ? '' : `: ${preset}`}.`
  return new ServiceError(status, codes[status] ?? 'InjectedFault', text, {
    ...(substatus === undefined ? {} : { substatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

const codes: Record<number, string> = {
  403: 'Forbidden',
  404: 'NotFound',
  408: 'RequestTimeout',
  410: 'Gone',
  429: 'TooManyRequests',
  449: 'RetryWith',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
}

function matcherOf(rule: FaultRule): (request: StrikableRequest) => boolean {
  const { account, method, operation, path, pathPattern, partitionKey } = rule
  const tests: ((request: StrikableRequest) => boolean)[] = []
  if (account !== undefined) tests.push((request) => request.account === account)
  if (method !== undefined) tests.push((request) => request.method === method.toUpperCase())
  if (operation !== undefined) {
    const pattern = globPattern(operation)
    tests.push((request) => request.operation !== undefined && pattern.test(request.operation))
  }
  for (const pattern of [path === undefined ? undefined : globPattern(path), pathPattern])
    if (pattern !== undefined) tests.push((request) => new RegExp(pattern).test(request.path))
  if (partitionKey !== undefined) {
    const wanted = JSON.stringify(Array.isArray(partitionKey) ? partitionKey : [partitionKey])
    tests.push((request) => request.partitionKey === wanted)
  }
  return (request) => tests.every((fits) => fits(request))
}

/** `*` stays within a segment, `**` does not; the rest is taken as it is. */
function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*+)/).map((part) => {
    if (part.startsWith('**')) return '.*'
    return part === '*' ? '[^/]*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`)
}

/** Numbers of 0 to 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
