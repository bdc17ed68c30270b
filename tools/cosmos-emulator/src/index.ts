export type { FaultRule } from './faults.ts'
export { wellKnownKey } from './http/authorize.ts'
export type { AccountOptions, CosmosEmulator, EmulatorOptions } from './start-cosmos-emulator.ts'
export { startCosmosEmulator } from './start-cosmos-emulator.ts'
