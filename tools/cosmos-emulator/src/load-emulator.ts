import type { EmulatorOptions } from './emulator-options.ts'
import { checkNodeVersion } from './node-version.ts'
import type { CosmosEmulator } from './start-cosmos-emulator.ts'

/** Starts an emulator on 127.0.0.1. Its accounts answer when the promise resolves. @throws Error that says what to do */
export async function startCosmosEmulator(options: EmulatorOptions = {}): Promise<CosmosEmulator> {
  checkNodeVersion(process.versions.node)
  // Only now: an older Node has no node:sqlite, and would fail before it could say so.
  const loaded = await import('./start-cosmos-emulator.ts')
  return loaded.startCosmosEmulator(options)
}
