export { startLocalStack } from './start-local-stack.ts'
export type { RunningLocalStack, StartLocalStackOptions } from './start-local-stack.ts'
