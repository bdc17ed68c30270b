import { z } from 'zod'

import type { AzureConnection } from './azure-request.ts'
import { pause, requestAzure } from './azure-request.ts'

const apiVersion = '2021-04-01'
const Provider = z.object({ namespace: z.string(), registrationState: z.string() })

/** The namespaces (`Microsoft.Web`) of all resources of a compiled template, nested ones too, in alphabetical order. */
export function namespacesOf(template: unknown): readonly string[] {
  const found = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { type, apiVersion: version } = value as { readonly type?: unknown; readonly apiVersion?: unknown }
    if (typeof type === 'string' && typeof version === 'string' && type.includes('/')) {
      found.add(type.slice(0, type.indexOf('/')))
    }
    for (const inner of Object.values(value)) visit(inner)
  }
  visit(template)
  return [...found].toSorted()
}

/** Options of {@link ensureRegistered}. */
export interface RegisterOptions {
  readonly subscriptionId: string
  readonly timeoutMs: number
  readonly say: (text: string) => void
}

/**
 * Registers the resource providers that a subscription has not used yet, and waits for them: a deployment does not do it by itself.
 *
 * @throws Error naming the providers that are not registered, where who is signed in may not, or where it takes too long
 */
export async function ensureRegistered(
  connection: AzureConnection,
  namespaces: readonly string[],
  { subscriptionId, timeoutMs, say }: RegisterOptions,
): Promise<void> {
  const base = `${connection.managementUrl}/subscriptions/${subscriptionId}/providers`
  const stateOf = async (namespace: string): Promise<string> => {
    const response = await requestAzure(connection, `${base}/${namespace}?api-version=${apiVersion}`)
    return Provider.parse(await response.json()).registrationState
  }
  const findMissing = async (names: readonly string[]): Promise<readonly string[]> => {
    const states = await Promise.all(names.map(async (name) => ({ name, state: await stateOf(name) })))
    return states.filter(({ state }) => state !== 'Registered').map(({ name }) => name)
  }
  let missing = await findMissing(namespaces)
  if (missing.length === 0) return
  say(`Registering ${missing.join(', ')} (once per subscription, some minutes) ...`)
  try {
    for (const name of missing) {
      await requestAzure(connection, `${base}/${name}/register?api-version=${apiVersion}`, { method: 'POST' })
    }
  } catch (cause) {
    const commands = missing.map((name) => `az provider register --namespace ${name}`).join(' && ')
    throw new Error(`Ask an owner of the subscription to run: ${commands}`, { cause })
  }
  const deadlineMs = Date.now() + timeoutMs
  while (missing.length > 0) {
    if (Date.now() > deadlineMs)
      throw new Error(`Not registered in time: ${missing.join(', ')}. Try again later.`)
    await pause(connection.pollMs)
    missing = await findMissing(missing)
  }
}
