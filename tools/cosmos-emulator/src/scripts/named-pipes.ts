import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { notImplemented } from '../errors.ts'

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** The ends of a pipe to a process and one back, as file descriptors. Ours never block; those of the process do. */
export interface PipePair {
  readEnd: number
  writeEnd: number
  /** To be its standard input and output, and to be closed here once it has started. */
  processEnds: [number, number]
}

/** Makes two pipes by name, since only those can be opened for reading without an event loop. The names are gone when it returns. */
export function openPipePair(): PipePair {
  const directory = mkdtempSync(join(tmpdir(), 'cosmos-emulator-'))
  try {
    const [requests, replies] = [join(directory, 'requests'), join(directory, 'replies')]
    makePipes(requests, replies)
    // A reader is there before each writer, so that no open waits for the other side.
    const readEnd = openSync(replies, O_RDONLY | O_NONBLOCK)
    const processOutput = openSync(replies, O_WRONLY)
    const holder = openSync(requests, O_RDONLY | O_NONBLOCK)
    const writeEnd = openSync(requests, O_WRONLY | O_NONBLOCK)
    const processInput = openSync(requests, O_RDONLY)
    closeSync(holder)
    return { readEnd, writeEnd, processEnds: [processInput, processOutput] }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function makePipes(...paths: string[]): void {
  try {
    execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' })
  } catch {
    throw notImplemented('scripts on a machine without mkfifo, such as Windows')
  }
}
