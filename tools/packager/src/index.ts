export { unpackFile } from './archive.ts'
export { bundleConsole } from './bundle-console.ts'
