import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface TinyDisk {
  sizeKb: number
  /** Taken by a file `ballast`. */
  ballastKb?: number
  /** Copied onto the disk before anything runs. */
  file?: string
  isReadOnly?: boolean
}

/** The command before a program that lets it, alone, see a small disk in place of a folder. */
export function onTinyDisk(
  folder: string,
  { sizeKb, ballastKb = 0, file, isReadOnly = false }: TinyDisk,
): string[] {
  const steps = [
    `mount -t tmpfs -o size=${sizeKb}k tmpfs '${folder}'`,
    ...(file === undefined ? [] : [`cp '${file}' '${folder}/primary.sqlite'`]),
    ...(ballastKb === 0 ? [] : [`head -c ${ballastKb}k /dev/zero > '${folder}/ballast'`]),
    ...(isReadOnly ? [`mount -o remount,ro '${folder}'`] : []),
    'exec "$@"',
  ]
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', steps.join(' && '), 'sh']
}

/** Whether such programs can be started here (user namespaces); said aloud where not. */
export const hasTinyDisks = canMount()
if (!hasTinyDisks) console.warn('SKIPPED: a full or read-only disk cannot be made here (no user namespaces).')

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'cosmos-disk-'))
  const [program = '', ...args] = onTinyDisk(folder, { sizeKb: 64 })
  const { status } = spawnSync(program, [...args, 'true'])
  rmSync(folder, { recursive: true, force: true })
  return status === 0
}
