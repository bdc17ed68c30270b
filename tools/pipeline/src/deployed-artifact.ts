import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { unzipSync } from 'fflate'
import { z } from 'zod'

import type { GitHubConnection } from './github.ts'
import { requestGitHub } from './github.ts'

const Artifacts = z.object({
  artifacts: z.array(
    z.object({
      id: z.number(),
      expired: z.boolean(),
      created_at: z.string(),
      workflow_run: z
        .object({
          head_branch: z.string().nullish(),
          head_sha: z.string(),
          repository_id: z.number(),
          head_repository_id: z.number().nullish(),
        })
        .nullish(),
    }),
  ),
})

/** Packages that a deployment kept, and the commit that they were made from. */
export interface DeployedPackages {
  readonly commit: string
  readonly files: readonly string[]
}

/**
 * Gets the packages of the last deployment to an environment, which its run kept as the artifact `deployed-<environment>`, into a folder.
 *
 * Only what ran on the given branch of this repository counts: a pull request can keep an artifact of any name.
 * Undefined where none is kept (any more).
 */
export async function fetchDeployedPackages(
  connection: GitHubConnection,
  {
    environment,
    branch,
    folder,
  }: { readonly environment: string; readonly branch: string; readonly folder: string },
): Promise<DeployedPackages | undefined> {
  const query = new URLSearchParams({ name: `deployed-${environment}`, per_page: '100' })
  const response = await requestGitHub(connection, `/actions/artifacts?${query.toString()}`)
  const [newest] = Artifacts.parse(await response.json())
    .artifacts.filter(
      ({ expired, workflow_run: run }) =>
        !expired && run?.head_branch === branch && run.head_repository_id === run.repository_id,
    )
    .toSorted((a, b) => (a.created_at > b.created_at ? -1 : 1))
  if (!newest?.workflow_run) return undefined
  const archive = await requestGitHub(connection, `/actions/artifacts/${newest.id}/zip`)
  const entries = Object.entries(unzipSync(await archive.bytes()))
  mkdirSync(folder, { recursive: true })
  const files = entries.map(([path, content]) => {
    const name = basename(path)
    if (name !== path) throw new Error(`The artifact holds ${path}: packages lie at its top.`)
    writeFileSync(join(folder, name), content)
    return name
  })
  return { commit: newest.workflow_run.head_sha, files }
}
