import { dirname, isAbsolute, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A place in the app's code. */
export interface CodePlace {
  /** Absolute path. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly column: number
}

/** This package's own code. */
const ownFolder = dirname(import.meta.dirname) + sep

/** The innermost place of a stack that is neither of a library nor of Node nor of this host; undefined where there is none. */
export function placeInCode(stack: string): CodePlace | undefined {
  for (const line of stack.split('\n')) {
    const [, at = '', row, column] = /^\s+at (?:.*\()?([^()]+):(\d+):(\d+)\)?$/.exec(line) ?? []
    if (at === '' || at.startsWith('node:') || at.startsWith('<')) continue
    const file = toPath(at.replace(/^async /, ''))
    if (!isAbsolute(file) || /[\\/]node_modules[\\/]/.test(file) || file.startsWith(ownFolder)) continue
    return { file, line: Number(row), column: Number(column) }
  }
  return undefined
}

/** `file:line`, from the folder where that is shorter. */
export function showPlace({ file, line }: CodePlace, folder: string): string {
  const path = relative(folder, file)
  return `${path.startsWith('..') || isAbsolute(path) ? file : path}:${line}`
}

function toPath(text: string): string {
  try {
    return text.startsWith('file:') ? fileURLToPath(text) : text
  } catch {
    return text
  }
}
