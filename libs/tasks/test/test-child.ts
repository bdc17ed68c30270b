// A child process that does what tests need: well, badly, or not at all.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { err } from '@zoetrope/contracts'

import { serveChild } from '../src/serve-child.ts'

const never = new Promise<never>(() => undefined)

serveChild({
  'test.echo': (job, report) => {
    report({ phase: 'echoing', percent: 50 })
    const text = JSON.stringify(job.parameters)
    writeFileSync(join(job.outputFolder, 'echo.json'), text)
    return {
      outputs: [{ name: 'echo', path: 'echo.json', contentType: 'application/json', media: { frames: 1 } }],
      facts: { sha256: job.inputs[0]?.sha256, environment: Object.keys(process.env), pid: process.pid },
    }
  },
  'test.many': (job) => ({
    outputs: Array.from({ length: 300 }, (_, index) => {
      writeFileSync(join(job.outputFolder, `file-${index}`), `${index}`)
      return { name: `file-${index}`, path: `file-${index}`, contentType: 'text/plain' }
    }),
  }),
  'test.pid': () => ({ outputs: [], facts: { pid: process.pid } }),
  'test.crash': () => process.abort(),
  'test.exit': () => process.exit(3),
  'test.refuse': () => {
    throw err('SOURCE_CORRUPT', { detail: 'It is damaged.' })
  },
  'test.break': () => {
    throw new TypeError('a secret of ours')
  },
  'test.hang': () => never,
  'test.block': () => {
    for (;;);
  },
  'test.devour': async () => {
    const kept: Buffer[] = []
    for (;;) {
      kept.push(Buffer.alloc(16 * 2 ** 20, 1))
      // oxlint-disable-next-line zoetrope/no-sleep-in-tests -- slow enough for its parent to see it grow
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  },
})
