import { HostError } from '../errors.ts'

const longestName = 63
const poisonSuffix = '-poison'

/** The name of a queue as the service wants it, in lower case. @throws HostError when it is none; `where` names the function */
export function toQueueName(text: string, where: string): string {
  const name = text.toLowerCase()
  if (!isQueueName(name))
    throw new HostError(
      `${where}: "${text}" is no name of a queue. It has 3 to 63 letters, digits and single dashes, none at its ends.`,
    )
  return name
}

/** Where the poison of a queue goes; undefined for a poison queue, and for a name that leaves no room for the suffix. */
export function poisonQueueName(name: string): string | undefined {
  if (name.endsWith(poisonSuffix)) return undefined
  const poisonName = `${name}${poisonSuffix}`
  return isQueueName(poisonName) ? poisonName : undefined
}

function isQueueName(name: string): boolean {
  return name.length >= 3 && name.length <= longestName && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
}
