import { isJsonObject } from '../json.ts'
import type { FaultEffect } from './fault-effect.ts'
import { faultPresets } from './fault-presets.ts'
import type { FaultPreset } from './fault-presets.ts'

/** A fault: which requests it strikes, how often, and what it does. A request must fit all that is given. */
export interface FaultRule extends FaultEffect {
  /** A usual fault by name; what is given beside it wins. */
  preset?: FaultPreset
  /** What the list of faults calls it; its preset, or its status, where absent. */
  name?: string
  /** Requests of this account alone. */
  account?: string
  /** HTTP method. */
  method?: string
  /** An operation such as `items.create`, `item.read` or `item.*`: the first column of the reference. */
  operation?: string
  /** A glob over the decoded path, such as `/dbs/shop/**`: `*` stays within a segment, `**` does not. */
  path?: string
  /** A regular expression over the path. */
  pathPattern?: RegExp | string
  /** The partition key in the request's header: a value, or an array of them for a hierarchical key. */
  partitionKey?: unknown
  /** Lets so many requests through first. */
  skip?: number
  /** Strikes every n-th request. */
  every?: number
  /** Strikes with this probability, 0 to 1; the same requests each time for the same `seed`. */
  probability?: number
  /** Of the probability; 1 where absent. */
  seed?: number
  /** How many requests it strikes at most; no end to it where absent. */
  times?: number
}

type Check = (value: unknown) => string | undefined

const isWhole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `must be a whole number, ${least} to ${most}`
const isText: Check = (value) =>
  typeof value === 'string' && value !== '' && value.length <= 1000 ? undefined : 'must be text'
const isSwitch: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')
const many = 1_000_000_000

const checks: Record<keyof FaultRule, Check> = {
  preset: (value) =>
    typeof value === 'string' && Object.hasOwn(faultPresets, value)
      ? undefined
      : `must be one of ${Object.keys(faultPresets).join(', ')}`,
  name: isText,
  account: isText,
  method: isText,
  operation: isText,
  path: isText,
  pathPattern: (value) =>
    value instanceof RegExp ? undefined : (isText(value) ?? asPattern(value as string)),
  partitionKey: () => undefined,
  skip: isWhole(0, many),
  every: isWhole(1, many),
  probability: (value) =>
    typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'must be a number, 0 to 1',
  seed: isWhole(0, many),
  times: isWhole(1, many),
  status: isWhole(400, 599),
  substatus: isWhole(0, 65_535),
  retryAfterMs: isWhole(0, 3_600_000),
  delayMs: isWhole(0, 3_600_000),
  dropsConnection: isSwitch,
  cutsBody: isSwitch,
  isAfterWork: isSwitch,
}

/** The rule with what its preset says. @throws Error that names the field and what it must be */
export function completeFaultRule(rule: unknown): FaultRule {
  if (!isJsonObject(rule)) throw new Error('A fault must be an object.')
  for (const [field, value] of Object.entries(rule)) {
    if (value === undefined) continue
    if (!Object.hasOwn(checks, field))
      throw new Error(`A fault has no field '${field}': there are ${Object.keys(checks).join(', ')}.`)
    const complaint = checks[field as keyof FaultRule](value)
    if (complaint !== undefined) throw new Error(`The field '${field}' of a fault ${complaint}.`)
  }
  const given = rule as FaultRule
  const complete = { ...(given.preset === undefined ? {} : faultPresets[given.preset]), ...given }
  const { status, delayMs, dropsConnection, cutsBody } = complete
  if (status === undefined && delayMs === undefined && dropsConnection !== true && cutsBody !== true)
    throw new Error('A fault must do something: give a preset, status, delayMs, dropsConnection or cutsBody.')
  return complete
}

function asPattern(text: string): string | undefined {
  try {
    void new RegExp(text)
    return undefined
  } catch {
    return 'must be a regular expression'
  }
}
