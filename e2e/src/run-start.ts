import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const repoRoot = resolve(import.meta.dirname, '..', '..')
const longestMs = 480_000

/** Runs what `npm start` runs, to its end; answers its exit code and all that it printed. */
export function runStart(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(process.execPath, ['tools/local/src/main.ts', '--ports', '0', ...args], {
    cwd: repoRoot,
    env: {
      NODE_COMPILE_CACHE: join(tmpdir(), 'zoetrope-compile-cache'),
      ...process.env,
      ...env,
      INIT_CWD: repoRoot,
      NO_COLOR: '1',
      FORCE_COLOR: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMs,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  return new Promise((done, reject) => {
    child.once('error', reject)
    child.once('close', (code) => done({ code: code ?? -1, output }))
  })
}
