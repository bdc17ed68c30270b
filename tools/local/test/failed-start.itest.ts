import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { expect, it } from '@jest/globals'

const main = resolve(import.meta.dirname, '..', 'src', 'main.ts')

it('a start that fails after the recorder listens says why and ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoetrope-failed-start-'))
  try {
    // A file where the settings are to be written.
    writeFileSync(join(folder, 'settings'), '')
    const args = [main, '--ports', '0', '--data', folder, '--record', join(folder, 'seen.json')]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))

    const [code] = (await once(child, 'close')) as [number | null]

    expect(complaint).toMatch(/settings/)
    expect(code).toBe(1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 90_000)
