export type { AppOptions } from './app-host.ts'
export { HostError, NotImplementedError } from './errors.ts'
export type { FunctionsHost, FunctionsHostOptions } from './host.ts'
export { startFunctionsHost } from './host.ts'
