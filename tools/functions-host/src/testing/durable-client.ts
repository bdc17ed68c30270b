import type * as Modules from 'node:module'
import { join } from 'node:path'

import type * as DurableFunctions from 'durable-functions'

import { HostError } from '../errors.ts'
import { importNatively } from '../worker/import-natively.ts'

/** The client of an app's own durable-functions, made as one of its functions would. @throws HostError where the app has no such library */
export async function makeDurableClient(
  directory: string,
  clientInput: string,
): Promise<DurableFunctions.DurableClient> {
  const { getClient, input } = await loadDurableFunctions(directory)
  const context = {
    options: { extraInputs: [input.durableClient()] },
    extraInputs: { get: () => JSON.parse(clientInput) as unknown },
  }
  return getClient(context as unknown as Parameters<typeof getClient>[0])
}

async function loadDurableFunctions(directory: string): Promise<typeof DurableFunctions> {
  const { createRequire } = (await importNatively(new URL('node:module'))) as typeof Modules
  try {
    return createRequire(join(directory, 'package.json'))('durable-functions') as typeof DurableFunctions
  } catch (error) {
    throw new HostError(
      `${directory} has no durable client: its durable-functions cannot be loaded (${(error as Error).message}).`,
    )
  }
}
