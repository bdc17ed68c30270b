import { readFileSync } from 'node:fs'

/** Whether a process of this machine still runs, whoever it belongs to. One that has ended and that nobody has reaped yet does not. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return !/^[ZX]/.test(stateOf(pid))
}

/** The state letter of a process, where the system tells it in /proc (Linux); the name before it may hold anything. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
  } catch {
    return ''
  }
}
