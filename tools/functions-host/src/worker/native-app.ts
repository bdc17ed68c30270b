// What a host needs to run an app in its own process; imported past the module loader of a test runner.
export { FunctionApp } from './function-app.ts'
export { describeLoadFault } from './load-app.ts'
