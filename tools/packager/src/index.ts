export { unpackFile } from './archive.ts'
export { bundleConsole } from './bundle-console.ts'
export type { ConsoleAddresses } from './console-headers.ts'
export { consoleHeaders } from './console-headers.ts'
