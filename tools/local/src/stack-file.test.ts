import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { readRunningStack, removeStackRecord, writeStackRecord } from './stack-file.ts'

const record = { startedAt: '', urls: { console: 'http://x' }, processes: {}, keyFile: '', environment: {} }

describe('the file of a running stack', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'zoetrope-local-')), 'data', 'stack.json')

  it('tells who runs on this data, to its owner only', () => {
    writeStackRecord(file, { ...record, pid: process.ppid })

    expect(readRunningStack(file)?.pid).toBe(process.ppid)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  it('is void when its process is dead', () => {
    writeStackRecord(file, { ...record, pid: 2 ** 22 + 1 })

    expect(readRunningStack(file)).toBeUndefined()
  })

  it('is void when it is gone', () => {
    removeStackRecord(file)

    expect(readRunningStack(file)).toBeUndefined()
  })
})
