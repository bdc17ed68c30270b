// `npm run release`: the next version of everything, from the version plans: package.json files, lock file, CHANGELOG.md, a commit and a tag.
import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { Command } from 'commander'
import pico from 'picocolors'

import { arrangeChangelog } from './arrange-changelog.ts'
import { messageOf } from './message-of.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')
const options = new Command('npm run release --')
  .description(
    'Makes the next version from the plans in .nx/version-plans (`npm run nx -- release plan`). Pushes nothing, publishes nothing.',
  )
  .option('--dry-run', 'say what would change')
  .option('--output <file>', 'append the version to this file (GITHUB_OUTPUT)')
  .parse()
  .opts<{ dryRun?: true; output?: string }>()

try {
  await main(options.dryRun ?? false)
} catch (error) {
  console.error(pico.red(messageOf(error)))
  process.exitCode = 1
}

async function main(dryRun: boolean): Promise<void> {
  if (!dryRun && git('status', '--porcelain') !== '') {
    throw new Error('There are changes that are not committed: a release holds what is committed.')
  }
  // Nx takes a while to load, and `--help` needs none of it.
  const { releaseChangelog, releaseVersion } = await import('nx/release')
  const ownGit = { gitCommit: false, gitTag: false, stageChanges: false }
  const { workspaceVersion, projectsVersionData, releaseGraph } = await releaseVersion({ dryRun, ...ownGit })
  if (!workspaceVersion) {
    console.log('There is no version plan: nothing to release.')
    return
  }
  await releaseChangelog({
    dryRun,
    ...ownGit,
    version: workspaceVersion,
    versionData: projectsVersionData,
    releaseGraph,
  })
  if (options.output) appendFileSync(options.output, `version=${workspaceVersion}\n`)
  if (dryRun) return
  setRootVersion(workspaceVersion)
  rewrite('CHANGELOG.md', arrangeChangelog)
  git('add', '--all')
  git('commit', '--message', `Release ${workspaceVersion}`)
  git('tag', '--annotate', `v${workspaceVersion}`, '--message', `Release ${workspaceVersion}`)
  console.log(
    pico.green(`v${workspaceVersion} is committed and tagged; \`git push --follow-tags\` publishes it.`),
  )
}

/** The version of the repo itself, which packages carry: Nx knows the workspaces only. */
function setRootVersion(version: string): void {
  const replace = (text: string): string => text.replace(/"version": "[^"]+"/, `"version": "${version}"`)
  rewrite('package.json', replace)
  rewrite('package-lock.json', (text) => {
    const lock = JSON.parse(text) as { version: string; packages: Record<string, { version?: string }> }
    const own = lock.packages['']
    if (own) own.version = version
    return `${JSON.stringify({ ...lock, version }, null, 2)}\n`
  })
}

function rewrite(name: string, change: (text: string) => string): void {
  const file = join(root, name)
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' })
}
