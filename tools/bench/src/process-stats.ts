import { readFileSync } from 'node:fs'

/** Ticks of the kernel's CPU accounts per second, the same on every Linux. */
const ticksPerSecond = 100

/** CPU that processes have used since they started, user and system, microseconds. In steps of 10 ms: measure over much longer. Linux only. */
export function cpuMicroseconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name, in parentheses, may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return Number(fields[11]) + Number(fields[12])
  })
  return (ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond) * 1e6
}

/** Memory that a process has in RAM, MB (10^6 bytes); shared pages count in full (`Rss`) or by their share (`Pss`). Linux only. */
export function memoryMegabytes(pid: number, kind: 'Rss' | 'Pss'): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return (Number(new RegExp(`^${kind}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024) / 1e6
}

/** The direct children of a process. Linux only. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
