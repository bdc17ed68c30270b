import { resolve } from 'node:path'

/** Absolute path of the workspace root. */
export const repoRoot = resolve(import.meta.dirname, '..', '..', '..')
