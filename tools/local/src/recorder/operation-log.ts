import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** One kind of thing that an app was seen to do. */
export interface SeenOperation {
  /** `media-storage`, `host-storage`, `cosmos` or `cosmos-replica`. */
  readonly account: string
  readonly resource: string
  readonly operation: string
}

/** The same with how often it was answered with which status; `none`: not at all. */
interface CountedOperation extends SeenOperation {
  readonly statuses: Record<string, number>
}

/** Collects what apps do. The file is whole at any moment: it is written when something is seen for the first time, and at the end. */
export interface OperationLog {
  add(app: string, seen: SeenOperation, status: number | undefined): void
  close(): void
}

/** Opens a log that writes `{ "<app>": [{ account, resource, operation, statuses }] }`, sorted, over what the file held; also of those that do nothing. */
export function openOperationLog(file: string, names: readonly string[]): OperationLog {
  const apps = new Map(names.map((name) => [name, new Map<string, CountedOperation>()]))
  const write = (): void => {
    const sorted = [...apps]
      .toSorted(([a], [b]) => compare(a, b))
      .map(([app, operations]) => [
        app,
        [...operations].toSorted(([a], [b]) => compare(a, b)).map(([, operation]) => operation),
      ])
    mkdirSync(dirname(file), { recursive: true })
    const scratch = `${file}.${process.pid}`
    writeFileSync(scratch, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`)
    renameSync(scratch, file)
  }
  write()
  return {
    add(app, { account, resource, operation }, status) {
      const operations = apps.get(app)
      if (!operations) throw new Error(`The log was not opened for "${app}".`)
      const key = [account, resource, operation].join(' ')
      const known = operations.get(key)
      const counted = known ?? { account, resource, operation, statuses: {} }
      const name = String(status ?? 'none')
      counted.statuses[name] = (counted.statuses[name] ?? 0) + 1
      if (known) return
      operations.set(key, counted)
      write()
    },
    close: write,
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
