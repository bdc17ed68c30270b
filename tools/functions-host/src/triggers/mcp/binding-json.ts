import { HostError } from '../../errors.ts'
import type { TriggeredFunction } from '../../trigger.ts'

/** A property of a trigger that holds JSON as text; undefined where it is absent or empty. @throws HostError naming function and property */
export function readBindingJson({ metadata, trigger }: TriggeredFunction, property: string): unknown {
  const text = trigger[property]
  if (text === undefined || text === null || text === '') return undefined
  try {
    return JSON.parse(String(text)) as unknown
  } catch (error) {
    throw new HostError(
      `Function "${metadata.name}": "${property}" is not valid JSON: ${(error as Error).message}`,
    )
  }
}

/** The same, where it must be an object. @throws HostError */
export function readBindingObject(
  target: TriggeredFunction,
  property: string,
): Record<string, unknown> | undefined {
  const value = readBindingJson(target, property)
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new HostError(`Function "${target.metadata.name}": "${property}" must be a JSON object.`)
  return value as Record<string, unknown>
}

/** The same, where it must be a list of objects. @throws HostError */
export function readBindingList(target: TriggeredFunction, property: string): Record<string, unknown>[] {
  const value = readBindingJson(target, property) ?? []
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)
  if (!isList)
    throw new HostError(`Function "${target.metadata.name}": "${property}" must be a JSON list of objects.`)
  return value as Record<string, unknown>[]
}

/** Fields of a trigger that are passed on to clients as they are, where they are set. */
export function pickFields(
  { trigger }: TriggeredFunction,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) =>
      trigger[name] === undefined || trigger[name] === null ? [] : [[name, trigger[name]]],
    ),
  )
}
