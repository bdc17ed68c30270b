import { z } from 'zod'

import { pause } from './azure-request.ts'

const Health = z.object({ version: z.string() })
const answerMs = 30_000
/** While an app is updated instance by instance, old and new ones answer in turn. */
const answersInRow = 3

/** The version that runs at this address; undefined where nothing answers 200 there, as before the first deployment. */
export async function readRunningVersion(url: string): Promise<string | undefined> {
  const { version } = await look(url)
  return version
}

/**
 * Waits until the app answers with this version, three times in a row.
 *
 * @throws Error with the last answer where it does not in time
 */
export async function waitForVersion(
  url: string,
  version: string,
  { timeoutMs, pollMs }: { readonly timeoutMs: number; readonly pollMs: number },
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  let inRow = 0
  let last = 'nothing'
  while (Date.now() < deadlineMs) {
    const answer = await look(url)
    inRow = answer.version === version ? inRow + 1 : 0
    if (inRow === answersInRow) return
    last = answer.text
    await pause(pollMs)
  }
  throw new Error(`${url}/health did not answer with version ${version} in time; it said last: ${last}`)
}

async function look(url: string): Promise<{ readonly version?: string; readonly text: string }> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMs) })
    const text = await response.text()
    if (!response.ok) return { text: `${response.status} ${text.slice(0, 300)}` }
    const health = Health.safeParse(JSON.parse(text))
    return { ...(health.success ? { version: health.data.version } : {}), text: text.slice(0, 300) }
  } catch (error) {
    return { text: error instanceof Error ? error.message : String(error) }
  }
}
