export type { FaultPreset } from './faults/fault-presets.ts'
export { faultPresets } from './faults/fault-presets.ts'
export type { FaultEffect, FaultRule } from './faults/fault-rule.ts'
export type { InjectedFault } from './faults/faults.ts'
export { wellKnownKey } from './access/master-key.ts'
export type {
  AccountAddress,
  AccountOptions,
  CosmosEmulator,
  EmulatorOptions,
  EmulatorSnapshot,
  SplitRequest,
} from './start-cosmos-emulator.ts'
export { startCosmosEmulator } from './start-cosmos-emulator.ts'
export type { QuerySettings } from './storage/query-settings.ts'
