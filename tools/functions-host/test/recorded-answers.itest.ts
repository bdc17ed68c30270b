import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, jest } from '@jest/globals'

import { RunningHost } from './running-host.ts'

jest.setTimeout(40_000)

// What Microsoft's own host answered to some 400 questions, asked of ours. The recordings are no part of this repository.
const root = resolve(import.meta.dirname, '..', '..', '..')
const recordings = resolve(root, process.env['ZOETROPE_REAL_HOST'] ?? '../shared/reference/real-host')
const isThere = existsSync(join(recordings, 'probe.mjs'))
if (!isThere)
  process.stderr.write(
    `\n*** SKIPPED: no recordings of the real Functions host in ${recordings}; set ZOETROPE_REAL_HOST to their folder. ***\n\n`,
  )

// Equal answers so far: raise them with every question won. Why the others differ is said in FIDELITY.md.
// Streaming has been 383: one question ends in a worker killed at its time-out, and may take its neighbours along.
const leastEqual = { buffered: 411, streaming: 380 }

const directory = mkdtempSync(join(tmpdir(), 'functions-host-recorded-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** The app of the recordings, able to load the library of this repository. */
function copyApp(name: string): string {
  const folder = join(directory, name)
  for (const file of ['host.json', 'index.js', 'package.json'])
    cpSync(join(recordings, 'app', file), join(folder, file))
  const library = dirname(dirname(fileURLToPath(import.meta.resolve('@azure/functions'))))
  mkdirSync(join(folder, 'node_modules', '@azure'), { recursive: true })
  symlinkSync(library, join(folder, 'node_modules', '@azure', 'functions'), 'dir')
  return folder
}

/** The keys that the recordings were made with, where an app looks for them. */
function writeKeys(): string {
  const folder = join(directory, 'keys')
  mkdirSync(folder, { recursive: true })
  const key = (name: string, value: string): object => ({ name, value, encrypted: false })
  writeFileSync(
    join(folder, 'host.json'),
    JSON.stringify({
      masterKey: key('master', 'master-key-for-tests'),
      functionKeys: [key('default', 'host-key-for-tests')],
      systemKeys: [key('durabletask_extension', 'system-key-for-tests')],
    }),
  )
  return folder
}

/** What the probe prints: a line per difference, then the total. It ends with 1 where anything differs. */
async function compare(url: string, answers: string): Promise<string> {
  return new Promise((settle) => {
    const args = [join(recordings, 'probe.mjs'), url, '--compare', join(recordings, answers)]
    execFile(process.execPath, args, { maxBuffer: 64e6, timeout: 35_000 }, (_error, stdout, stderr) =>
      settle(stdout + stderr),
    )
  })
}

/** A free port of four digits: large bodies are compared by length, and hold the address, whose recorded port had four. */
async function findPort(): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const port = 2000 + Math.floor(Math.random() * 8000)
    const server = createServer()
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening')
      server.close()
      await once(server, 'close')
      return port
    } catch (error) {
      if (tries === 20) throw error
    }
  }
}

const describeIfThere = isThere ? describe : describe.skip
describeIfThere('the answers recorded from the real host', () => {
  it.each(['buffered', 'streaming'] as const)('are not given by fewer than before: %s', async (mode) => {
    const app = copyApp(mode)
    const settings = {
      FUNCTIONS_SECRETS_PATH: writeKeys(),
      ...(mode === 'streaming' ? { PROBE_STREAMING: '1' } : {}),
    }
    await using host = await RunningHost.start({ [app]: settings }, '--enableAuth', {
      port: await findPort(),
    })
    const text = await compare(host.url(mode), `answers-${mode}.json`)
    const equal = Number(/compared, (\d+) same/.exec(text)?.[1] ?? 0)
    if (equal < leastEqual[mode]) throw new Error(`${equal} equal answers, not ${leastEqual[mode]}:\n${text}`)
    expect(equal).toBeGreaterThanOrEqual(leastEqual[mode])
  })
})
