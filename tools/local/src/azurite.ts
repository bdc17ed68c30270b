export type { AzuriteWrite } from './azurite-write.ts'
export { createStorageEvents } from './storage-events.ts'
export type { StorageEventsOptions } from './storage-events.ts'
