// A process that says the pid of a child of its pool, and then has it blocked.
import { tmpdir } from 'node:os'

import { createChildPool } from '../src/child-pool.ts'

const entry = new URL('./test-child.ts', import.meta.url)
const pool = createChildPool({ entry, size: 1, killAfterMs: 60_000 })
const job = { parameters: {}, inputs: [], outputFolder: tmpdir() }
const { facts } = await pool.run({ ...job, operation: 'test.pid' })
const blocked = pool.run({ ...job, operation: 'test.block' })
process.stdout.write(`${Number(facts?.['pid'])}\n`)
await blocked
