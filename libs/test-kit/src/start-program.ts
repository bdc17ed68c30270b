import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A program of the repository that runs as a process of its own. */
export interface RunningProgram extends AsyncDisposable {
  /** What its ready line says. */
  readonly ready: string
  /** Everything that it has printed so far. */
  output(): string
}

const startMs = 60_000

/** Starts a Node program and waits for the line that says it is ready (`ready` captures what is of interest). Disposing kills it. */
export async function startProgram(args: readonly string[], ready: RegExp): Promise<RunningProgram> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  const found = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const match = ready.exec(line)
    if (match) found.resolve(match[1] ?? '')
  })
  const fail = (why: string): void => found.reject(new Error(`${args[0]} did not start: ${why}\n${output}`))
  void exited.then(() => fail('it ended'))
  const timer = setTimeout(fail, startMs, 'it took too long')
  try {
    return { ready: await found.promise, output: () => output, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
