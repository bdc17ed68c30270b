// `host.ts`, compiled once instead of at every start, as the host's own command line does it. JavaScript, since to strip types comes at a price too.
import { enableCompileCache, flushCompileCache } from 'node:module'

enableCompileCache()
await import('./host.ts')
flushCompileCache()
