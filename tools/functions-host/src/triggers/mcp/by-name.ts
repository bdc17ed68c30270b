import { HostError } from '../../errors.ts'
import type { TriggeredFunction } from '../../trigger.ts'

/** Functions by what clients call them, whatever the case. @throws HostError for a name that is missing or taken */
export function byName<Item extends { readonly target: TriggeredFunction }>(
  items: readonly Item[],
  property: string,
): ReadonlyMap<string, Item> {
  const map = new Map<string, Item>()
  for (const item of items) {
    const name = String(item.target.trigger[property] ?? '')
    const where = `Function "${item.target.metadata.name}"`
    if (name.trim() === '') throw new HostError(`${where}: "${property}" is missing.`)
    const other = map.get(name.toLowerCase())
    if (other)
      throw new HostError(
        `${where}: ${property} "${name}" is that of function "${other.target.metadata.name}" already. Choose another one.`,
      )
    map.set(name.toLowerCase(), item)
  }
  return map
}
