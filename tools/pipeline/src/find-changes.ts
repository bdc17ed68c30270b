import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What changed between a commit and the one that is checked out. */
export interface Changes {
  /** Undefined where everything counts as changed. */
  readonly base: string | undefined
  readonly isInfraChanged: boolean
  /** Names of the projects that the change touches, by Nx. */
  readonly projects: readonly string[]
}

/** What Azure's resources are made from: the templates, and the manifests that they read. */
const infraPaths = /^(infra\/|apps\/(manifests|resources)\.json$)/

/** Says whether one of these files is what Azure's resources are made from. */
export function isInfraChange(files: readonly string[]): boolean {
  return files.some((file) => infraPaths.test(file))
}

/**
 * Finds what changed since a commit; all of it where there is none, or where it is not part of the history any more.
 *
 * @throws Error where git or Nx fails
 */
export async function findChanges(root: string, base: string | undefined): Promise<Changes> {
  const known = base && (await isKnown(root, base)) ? base : undefined
  const nx = [`${root}/node_modules/nx/dist/bin/nx.js`, 'show', 'projects', '--json']
  const args = known ? [...nx, '--affected', `--base=${known}`, '--head=HEAD'] : nx
  const shown = await run(process.execPath, args, { cwd: root, env: { ...process.env, NX_DAEMON: 'false' } })
  const projects = (JSON.parse(shown.stdout) as string[]).toSorted()
  if (!known) return { base: undefined, isInfraChanged: true, projects }
  const { stdout } = await run('git', ['diff', '--name-only', '-z', known, 'HEAD'], { cwd: root })
  return { base: known, isInfraChanged: isInfraChange(stdout.split('\0')), projects }
}

async function isKnown(root: string, commit: string): Promise<boolean> {
  try {
    await run('git', ['merge-base', '--is-ancestor', commit, 'HEAD'], { cwd: root })
    return true
  } catch {
    return false
  }
}
