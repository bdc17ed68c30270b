import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from '@jest/globals'

import { openProcessLog } from './process-log.ts'

it('drops what cannot be written, and goes on when it can', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'zoetrope-process-log-')), 'logs')
  const log = openProcessLog(directory, 'host')

  log.write('one')
  rmSync(directory, { recursive: true })
  writeFileSync(directory, 'in the way')
  log.write('lost')
  rmSync(directory)
  openProcessLog(directory, 'host').write('two')
  log.write('three')

  expect(readFileSync(join(directory, 'host.log'), 'utf8')).toBe('two\nthree\n')
  rmSync(join(directory, '..'), { recursive: true })
})
