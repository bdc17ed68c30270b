import { openAsBlob } from 'node:fs'

import { z } from 'zod'

import type { AzureConnection } from './azure-request.ts'
import { AzureError, pause, requestAzure, retryAfterMs } from './azure-request.ts'
import type { FunctionSite } from './function-sites.ts'

/** Options of {@link publishPackage}. */
export interface PublishOptions {
  /** All of it may take this long, ms: an upload, and a role that was just given and is not known everywhere yet. */
  readonly timeoutMs: number
  readonly say: (text: string) => void
}

/** States of a deployment, as the deployment service numbers them. */
const states = {
  canceled: -1,
  failed: 3,
  succeeded: 4,
  conflict: 5,
  partial: 6,
} as const

const Deployment = z.object({ status: z.number(), status_text: z.string().nullish() })
type Deployment = z.infer<typeof Deployment>

/** The service finds a deployment only a moment after it took it. */
const unknownAtFirst = 5

/**
 * Publishes a package to a site on Flex Consumption and waits until the service says that it took it.
 *
 * Tried again until the time is up: while another deployment runs, and while storage refuses the site's identity, since
 * a role assignment takes minutes to be known.
 *
 * @throws Error saying what the service said last
 */
export async function publishPackage(
  connection: AzureConnection,
  site: FunctionSite,
  file: string,
  { timeoutMs, say }: PublishOptions,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  for (;;) {
    const refusal = await publishOnce(connection, site, file, deadlineMs)
    if (!refusal) return
    if (!refusal.isPassing) throw new Error(`${site.name} did not take the package: ${refusal.text}`)
    const waitMs = connection.pollMs * 10
    if (Date.now() + waitMs > deadlineMs) {
      throw new Error(`${site.name} did not take the package in time; it said last: ${refusal.text}`)
    }
    say(`${site.app}: not yet (${refusal.text.slice(0, 200)}); trying again`)
    await pause(waitMs)
  }
}

/** Why a package was not taken; `isPassing` where the same request may succeed later. */
interface Refusal {
  readonly text: string
  readonly isPassing: boolean
}

async function publishOnce(
  connection: AzureConnection,
  site: FunctionSite,
  file: string,
  deadlineMs: number,
): Promise<Refusal | undefined> {
  let id: string
  try {
    const response = await requestAzure(connection, `${site.deployUrl}/api/publish?RemoteBuild=false`, {
      method: 'POST',
      headers: { 'content-type': 'application/zip', accept: 'application/json' },
      body: await openAsBlob(file),
    })
    id = z
      .string()
      .min(1)
      .parse(await response.json())
  } catch (error) {
    if (!(error instanceof AzureError)) throw error
    const isPassing = error.status === 409 || error.status === 403 || isStorageRefusal(error.text)
    return { text: error.message, isPassing }
  }
  const { status, status_text: text } = await waitForEnd(connection, site, id, deadlineMs)
  if (status === states.succeeded) return undefined
  const name = Object.entries(states).find(([, number]) => number === status)?.[0] ?? `status ${status}`
  return {
    text: `${name}${text ? `: ${text}` : ''}`,
    isPassing: status === states.conflict || isStorageRefusal(text ?? ''),
  }
}

/** Looks at a deployment until it has ended. */
async function waitForEnd(
  connection: AzureConnection,
  site: FunctionSite,
  id: string,
  deadlineMs: number,
): Promise<Deployment> {
  const ends: ReadonlySet<number> = new Set(Object.values(states))
  let unknown = 0
  let wasSeen = false
  while (Date.now() < deadlineMs) {
    let waitMs = connection.pollMs
    try {
      const response = await requestAzure(
        connection,
        `${site.deployUrl}/api/deployments/${encodeURIComponent(id)}`,
      )
      const deployment = Deployment.parse(await response.json())
      // The answer is 200 whether the deployment runs, ended well or failed: only its body tells.
      if (ends.has(deployment.status)) return deployment
      wasSeen = true
      waitMs = retryAfterMs(response) ?? waitMs
    } catch (error) {
      if (!(error instanceof AzureError) || error.status !== 404) throw error
      // A worker that is done is recycled, and forgets: whether the package is live is seen at its /health.
      if (wasSeen) return { status: states.succeeded }
      unknown += 1
      if (unknown > unknownAtFirst) throw error
    }
    await pause(waitMs)
  }
  throw new Error(`The deployment ${id} of ${site.name} did not end in time.`)
}

function isStorageRefusal(text: string): boolean {
  return /Forbidden|BlobUploadFailed|Authorization(PermissionMismatch|Failure)/i.test(text)
}
