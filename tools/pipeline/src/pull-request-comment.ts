import { z } from 'zod'

import type { GitHubConnection } from './github.ts'
import { requestGitHub } from './github.ts'

const Comments = z.array(z.object({ id: z.number(), body: z.string().nullish() }))
const pageSize = 100
const mostPages = 10
/** GitHub refuses longer ones. */
const longestBody = 65_000

/** Writes a comment on a pull request; the one with the same mark, written by an earlier run, is replaced. */
export async function writeComment(
  connection: GitHubConnection,
  { pullRequest, mark, text }: { readonly pullRequest: number; readonly mark: string; readonly text: string },
): Promise<void> {
  const hidden = `<!-- ${mark} -->`
  const body = JSON.stringify({ body: `${hidden}\n${text.slice(0, longestBody)}` })
  for (let page = 1; page <= mostPages; page += 1) {
    const response = await requestGitHub(
      connection,
      `/issues/${pullRequest}/comments?per_page=${pageSize}&page=${page}`,
    )
    const comments = Comments.parse(await response.json())
    const earlier = comments.find((comment) => comment.body?.startsWith(hidden))
    if (earlier) {
      await requestGitHub(connection, `/issues/comments/${earlier.id}`, { method: 'PATCH', body })
      return
    }
    if (comments.length < pageSize) break
  }
  await requestGitHub(connection, `/issues/${pullRequest}/comments`, { method: 'POST', body })
}
