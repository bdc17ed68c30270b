import { z } from 'zod'

/** A repository on GitHub and the right to speak to its API. */
export interface GitHubConnection {
  /** `https://api.github.com` */
  readonly apiUrl: string
  /** `owner/name` */
  readonly repository: string
  readonly token: string
}

const answerMs = 2 * 60_000

/**
 * The connection that a workflow gives in its environment.
 *
 * @throws Error naming the variables that are missing
 */
export function githubFromEnvironment(environment: NodeJS.ProcessEnv): GitHubConnection {
  const { GITHUB_API_URL: apiUrl = 'https://api.github.com', GITHUB_REPOSITORY, GITHUB_TOKEN } = environment
  if (!GITHUB_REPOSITORY || !GITHUB_TOKEN) {
    throw new Error('GITHUB_REPOSITORY (owner/name) and GITHUB_TOKEN are needed: a workflow gives both.')
  }
  return { apiUrl, repository: GITHUB_REPOSITORY, token: GITHUB_TOKEN }
}

/** Sends a request below `/repos/{owner}/{name}`. @throws Error for an answer that is no success */
export async function requestGitHub(
  { apiUrl, repository, token }: GitHubConnection,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const response = await fetch(`${apiUrl}/repos/${repository}${path}`, {
    ...init,
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `Bearer ${token}`,
      ...(init.body ? { 'content-type': 'application/json' } : {}),
    },
    signal: AbortSignal.timeout(answerMs),
  })
  if (response.ok) return response
  const text = (await response.text()).slice(0, 500)
  throw new Error(
    `GitHub answered ${response.status} to ${init.method ?? 'GET'} ${path.split('?')[0]}: ${text}`,
  )
}

const Runs = z.object({ workflow_runs: z.array(z.object({ head_sha: z.string() })) })

/** The commit of the last run of a workflow that succeeded on a branch; undefined before the first one. */
export async function lastSuccessfulCommit(
  connection: GitHubConnection,
  { workflow, branch }: { readonly workflow: string; readonly branch: string },
): Promise<string | undefined> {
  const query = new URLSearchParams({ branch, status: 'success', per_page: '1' })
  const response = await requestGitHub(
    connection,
    `/actions/workflows/${encodeURIComponent(workflow)}/runs?${query.toString()}`,
  )
  return Runs.parse(await response.json()).workflow_runs[0]?.head_sha
}

const Comparison = z.object({ status: z.enum(['ahead', 'behind', 'diverged', 'identical']) })

/** Says whether one commit is among the ancestors of another. */
export async function isAncestor(
  connection: GitHubConnection,
  { commit, of }: { readonly commit: string; readonly of: string },
): Promise<boolean> {
  const response = await requestGitHub(connection, `/compare/${of}...${commit}`)
  return Comparison.parse(await response.json()).status === 'behind'
}
