import { z } from 'zod'

import type { GitHubConnection } from './github.ts'
import { requestGitHub } from './github.ts'

const Run = z.object({
  path: z.string(),
  event: z.string(),
  head_branch: z.string().nullish(),
  repository: z.object({ id: z.number() }),
  head_repository: z.object({ id: z.number() }).nullish(),
})

/**
 * Holds that a run of a workflow is one whose packages may be deployed: main.yml, on this branch of this repository, and not
 * for a pull request, which can change any workflow and keep artifacts of any name.
 *
 * @throws Error saying which run it is instead
 */
export async function checkPackagingRun(
  connection: GitHubConnection,
  { runId, branch }: { readonly runId: string; readonly branch: string },
): Promise<void> {
  if (!/^\d+$/.test(runId))
    throw new Error(`"${runId}" is no number of a run: it stands in the run's address.`)
  const response = await requestGitHub(connection, `/actions/runs/${runId}`)
  const run = Run.parse(await response.json())
  const isOurs = run.head_repository?.id === run.repository.id && run.head_branch === branch
  const isPush = run.event === 'push' || run.event === 'workflow_dispatch'
  const [path] = run.path.split('@')
  if (isOurs && isPush && path === '.github/workflows/main.yml') return
  throw new Error(
    `The run ${runId} is one of ${path} (${run.event}) on ${run.head_branch ?? 'no branch'}${isOurs ? '' : ', or of a fork'}: only what main.yml packaged on ${branch} may be deployed.`,
  )
}
