import { HostError } from './errors.ts'
import type { StartFlags } from './commands/start-flags.ts'

/** Flags of Node for the workers, as `--inspect` and `--language-worker` of the command line ask. @throws HostError */
export function readWorkerArguments(flags: StartFlags, operands: readonly string[]): string[] {
  const { inspect, languageWorker } = flags
  if (operands.length > 0 && languageWorker === undefined)
    throw new HostError(`"${operands[0]}" is no flag of start. Flags of Node go behind --language-worker --.`)
  const given = typeof languageWorker === 'string' ? [languageWorker, ...operands] : operands
  const debug = inspect === undefined ? [] : [inspect === true ? '--inspect' : `--inspect=${inspect}`]
  return [...given.flatMap(splitArguments), ...debug]
}

/** Splits a text into arguments as a shell does: at blanks that are not in quotes. */
export function splitArguments(text: string): string[] {
  const words = text.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
