export type { RunningAzurite } from './start-azurite.ts'
export { startAzurite } from './start-azurite.ts'
export { until } from './until.ts'
