import type { HistoryEvent } from './history-event.ts'
import type { InstanceRow } from './store.ts'

/** A live instance that lately ran. The store has the same; only its episodes change it. */
export interface WarmInstance {
  readonly row: Readonly<InstanceRow>
  readonly events: readonly HistoryEvent[]
  /** The texts of the events, with commas between them. */
  readonly text: string
}

const maxInstances = 1024
/** Of texts; what is made of them costs about ten times as much memory, bytes. */
const maxCharacters = 8 * 1024 * 1024
/** About what an instance costs beside its texts. */
const rowCharacters = 512

/** The live instances that ran last: as many as memory can bear, however long their histories are. */
export class WarmInstances {
  readonly #instances = new Map<string, WarmInstance>()
  #characters = 0

  get(id: string): WarmInstance | undefined {
    return this.#instances.get(id)
  }

  set(id: string, instance: WarmInstance): void {
    this.delete(id)
    const characters = charactersOf(instance)
    if (characters > maxCharacters) return
    this.#instances.set(id, instance)
    this.#characters += characters
    for (const oldest of this.#instances.keys()) {
      if (this.#instances.size <= maxInstances && this.#characters <= maxCharacters) return
      this.delete(oldest)
    }
  }

  delete(id: string): void {
    const instance = this.#instances.get(id)
    if (instance === undefined) return
    this.#instances.delete(id)
    this.#characters -= charactersOf(instance)
  }
}

function charactersOf({ row, text }: WarmInstance): number {
  return rowCharacters + text.length + (row.input?.length ?? 0) + (row.custom_status?.length ?? 0)
}
