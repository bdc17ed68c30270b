import type { AccountStore, OpenContainer } from '../storage/account-store.ts'

/** A user-defined function, as a query calls it. */
export type UserFunction = (values: unknown[]) => unknown

let sessionCount = 0

/** The user-defined functions of a container for one run of a query: made anew for it, and held to one time budget together. */
export function userFunctions(
  { resources, sandbox, clock }: AccountStore,
  { record }: OpenContainer,
): (name: string) => UserFunction | undefined {
  let run: { session: number; nowMs: number; endsAt: number } | undefined
  const startRun = (): { session: number; nowMs: number; endsAt: number } => {
    sessionCount += 1
    return { session: sessionCount, nowMs: clock(), endsAt: sandbox.startTimer() }
  }
  return (name) => {
    const script = resources.find({ kind: 'udfs', parentRid: record.rid }, name)
    if (!script) return undefined
    const source = String(script.content.body)
    return (values) => {
      run ??= startRun()
      const { endsAt, ...place } = run
      return sandbox.evaluate({ ...place, name, source }, values, endsAt)
    }
  }
}
