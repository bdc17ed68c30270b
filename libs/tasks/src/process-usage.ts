import { readFileSync } from 'node:fs'

const pageBytes = 4096

/** Resident memory of a process, bytes; 0 where the system does not say (elsewhere than on Linux). */
export function residentBytes(pid: number | undefined): number {
  return Number(readProcessFile(pid, 'statm')?.split(' ')[1] ?? 0) * pageBytes
}

/** Processor time that a process has used, in ticks of the system; undefined where the system does not say. */
export function processorTicks(pid: number | undefined): number | undefined {
  const text = readProcessFile(pid, 'stat')
  if (text === undefined) return undefined
  // The second field is the name, in parentheses, and may hold anything; user and system time are the 14th and 15th.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function readProcessFile(pid: number | undefined, name: string): string | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined
  }
}
