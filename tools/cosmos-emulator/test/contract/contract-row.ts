import type { ContractContext } from './contract-context.ts'

/** How the emulator stands to the service in one case. */
export type Verdict = 'faithful' | 'differs' | 'refused'

/** One case of an operation, and the check that holds the emulator to it. It fails by throwing. */
export interface ContractRow {
  /** The name of a route of `src/http/routes.ts`. */
  operation: string
  /** One sentence, without the full stop. */
  case: string
  verdict: Verdict
  /** What differs, and why. */
  note?: string
  check: (context: ContractContext) => Promise<void>
}

type Check = ContractRow['check']

/** The rows of one operation, each as the service does it. */
export function faithful(operation: string, cases: Record<string, Check>): ContractRow[] {
  return Object.entries(cases).map(([name, check]) => ({
    operation,
    case: name,
    verdict: 'faithful',
    check,
  }))
}

/** A case in which the emulator differs from the service, on purpose. */
export function differs(operation: string, name: string, note: string, check: Check): ContractRow {
  return { operation, case: name, verdict: 'differs', note, check }
}

/** A case that the service has and the emulator refuses by name. */
export function refused(operation: string, name: string, check: Check): ContractRow {
  return { operation, case: name, verdict: 'refused', check }
}
