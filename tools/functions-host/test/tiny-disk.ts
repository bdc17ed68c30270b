import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface TinyDisk {
  readonly sizeKb?: number
  readonly ballastKb?: number
  readonly isReadOnly?: boolean
}

/**
 * How to start a process that sees a small file system in place of a folder, as its children do and nobody else; `ballastKb` of it are taken.
 */
export function onTinyDisk(
  folder: string,
  { sizeKb = 64, ballastKb = 0, isReadOnly = false }: TinyDisk = {},
): string[] {
  const script = `mount -t tmpfs -o size=${sizeKb}k tmpfs '${folder}' && head -c ${ballastKb}k /dev/zero > '${folder}/zeros'; ${isReadOnly ? `mount -o remount,ro '${folder}'; ` : ''}exec "$@"`
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, 'sh']
}

/** Whether such processes can be started here (user namespaces); said aloud where not. */
export const hasTinyDisks = canMount()
if (!hasTinyDisks) console.warn('SKIPPED: a full disk cannot be made here (no user namespaces).')

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-disk-'))
  const [program = '', ...args] = onTinyDisk(folder)
  const { status } = spawnSync(program, [...args, 'true'])
  rmSync(folder, { recursive: true, force: true })
  return status === 0
}
