import { z } from 'zod'

import { pause } from './azure-request.ts'

/**
 * What `/health` tells of an app: the version that it runs; that nothing answers 200, as before the first deployment; or that
 * its door is closed to who asks from here, since it lets in Front Door only.
 */
export type RunningVersion =
  | { readonly state: 'runs'; readonly version: string }
  | { readonly state: 'silent' | 'closed' }

const Health = z.object({ version: z.string() })
const answerMs = 30_000
/** While an app is updated instance by instance, old and new ones answer in turn. */
const answersInRow = 3
const forbidden = 403

/** What runs at this address. */
export async function readRunningVersion(url: string): Promise<RunningVersion> {
  return (await look(url)).running
}

/**
 * Waits until the app answers with this version, three times in a row. False where its door is closed: nobody can see it from here.
 *
 * @throws Error with the last answer where it does not in time
 */
export async function waitForVersion(
  url: string,
  version: string,
  { timeoutMs, pollMs }: { readonly timeoutMs: number; readonly pollMs: number },
): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs
  let inRow = 0
  let closedInRow = 0
  let last = 'nothing'
  while (Date.now() < deadlineMs) {
    const { running, text } = await look(url)
    inRow = running.state === 'runs' && running.version === version ? inRow + 1 : 0
    closedInRow = running.state === 'closed' ? closedInRow + 1 : 0
    if (inRow === answersInRow) return true
    if (closedInRow === answersInRow) return false
    last = text
    await pause(pollMs)
  }
  throw new Error(`${url}/health did not answer with version ${version} in time; it said last: ${last}`)
}

async function look(url: string): Promise<{ readonly running: RunningVersion; readonly text: string }> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMs) })
    const text = await response.text()
    const told = `${response.status} ${text.slice(0, 300)}`
    if (response.status === forbidden) return { running: { state: 'closed' }, text: told }
    const health = response.ok ? Health.safeParse(JSON.parse(text)) : undefined
    return {
      running: health?.success ? { state: 'runs', version: health.data.version } : { state: 'silent' },
      text: told,
    }
  } catch (error) {
    return { running: { state: 'silent' }, text: error instanceof Error ? error.message : String(error) }
  }
}
