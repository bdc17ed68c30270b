import { HostError } from '../errors.ts'

/** Where Node's debugger is when nobody says. */
const defaultDebugAddress = '127.0.0.1:9229'

/** What a command line can say of the workers; true: the flag alone. */
export interface WorkerFlags {
  /** Where a debugger may attach: `[host:]port`. */
  readonly inspect?: string | true
  /** Flags of Node. */
  readonly languageWorker?: string | true
}

/** Flags of Node for the workers, as `--inspect` and `--language-worker` of the command line ask. @throws HostError */
export function readWorkerArguments(flags: WorkerFlags, operands: readonly string[]): string[] {
  const { inspect, languageWorker } = flags
  if (operands.length > 0 && languageWorker === undefined)
    throw new HostError(`"${operands[0]}" is no flag of start. Flags of Node go behind --language-worker --.`)
  const given = typeof languageWorker === 'string' ? [languageWorker, ...operands] : operands
  const debug = inspect === undefined ? [] : [inspect === true ? '--inspect' : `--inspect=${inspect}`]
  return [...given.flatMap(splitArguments), ...debug]
}

/**
 * Flags that leave the debugger's port alone until the process is asked to open it (SIGUSR1): for a worker beside the one
 * that holds the port. Without a debugger they are as they were.
 */
export function withWaitingDebugger(flags: readonly string[]): string[] {
  return flags.map((flag) => {
    const [, address] = /^--inspect(?:-brk|-wait)?(?:=(.*))?$/.exec(flag) ?? []
    return isDebuggerFlag(flag) ? `--inspect-port=${address ?? defaultDebugAddress}` : flag
  })
}

/** Whether a flag of Node opens the debugger's port. */
export function isDebuggerFlag(flag: string): boolean {
  return /^--inspect(-brk|-wait)?(=|$)/.test(flag)
}

/** Splits a text into arguments as a shell does: at blanks that are not in quotes. */
export function splitArguments(text: string): string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
