import { appendFileSync, readFileSync } from 'node:fs'

/** A moment that the processes of one machine agree on, ms since 1970, with fractions. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/** Notes, in the file that `BENCH_NOTES` names, that the work on something has begun. */
export function noteStart(id: string): void {
  appendFileSync(process.env['BENCH_NOTES'] ?? '', `${id} ${nowMs()}\n`)
}

/** When the work on something began, ms since 1970. Looks until it is noted. @throws Error when that takes longer than 20 seconds */
export async function startOf(id: string, notesFile: string): Promise<number> {
  const deadlineMs = nowMs() + 20_000
  while (nowMs() < deadlineMs) {
    const note = readFileSync(notesFile, 'utf8')
      .split('\n')
      .find((line) => line.startsWith(`${id} `))
    if (note) return Number(note.split(' ')[1])
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error(`Nobody has begun ${id}.`)
}
