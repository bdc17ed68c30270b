// The program of a worker process: what it and its app load is compiled once, not at every start.
import { enableCompileCache } from 'node:module'

enableCompileCache()
await import('./worker-program.ts')
